-- Prose in print: no file is read, a link leads to an address or nowhere, a formula keeps its TeX as its name.

local function typst(blocks)
  return (pandoc.write(pandoc.Pandoc(blocks), "typst"):gsub("%s+$", ""))
end

local function literal(words)
  local plain = words:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("\r", ""):gsub("\n", "\\n")
  return '"' .. plain .. '"'
end

function Math(formula)
  local set = typst({ pandoc.Plain({ formula }) })
  if set:sub(1, 1) ~= "$" then
    return pandoc.Code(formula.text) -- pandoc knows no such command: the TeX is told as it stands
  end
  return pandoc.RawInline("typst", "#{ set math.equation(alt: " .. literal(formula.text) .. "); " .. set .. " }")
end

function Image(picture)
  return pandoc.Emph(picture.caption)
end

function Link(link)
  if link.target:match("^https?://") or link.target:match("^mailto:") then
    return link
  end
  return link.content
end

local above = 1

function Header(heading)
  heading.attr = pandoc.Attr() -- two cells may have headings of one name
  heading.level = math.min(math.max(heading.level, 2), above + 1) -- below the title, no level left out
  above = heading.level
  return heading
end

function Para(words)
  local last = words.content[#words.content]
  if last.t ~= "Str" or not last.text:match(":$") then
    return words
  end
  local open, close = pandoc.RawBlock("typst", "#block(sticky: true)["), pandoc.RawBlock("typst", "]")
  return { open, words, close } -- what announces a table stands on its page
end

function CodeBlock(code)
  code.attr = pandoc.Attr() -- a language's name would stand unescaped
  return code
end

function Table(grid)
  -- a table of the prose is none of the exhibits, which are numbered
  return pandoc.RawBlock("typst", (typst({ grid }):gsub("kind: table%s*%)$", 'kind: "prose", supplement: none)')))
end

function RawBlock(markup)
  return markup.text:match("^<!%-%- next cell %-%->") and pandoc.RawBlock("typst", "// next cell") or {}
end
