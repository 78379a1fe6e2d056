# Writes the page out of the environment it is started with, then serves it.
set -eu
mkdir -p /site
GREETING="${GREETING:-Hello}" BUILT_WITH="$(cat built-with.txt)" awk '
  function text(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); return s }
  function put(line, name, value,   at) {
    while (at = index(line, name))
      line = substr(line, 1, at - 1) value substr(line, at + length(name))
    return line
  }
  { print put(put($0, "@GREETING@", text(ENVIRON["GREETING"])),
              "@BUILT_WITH@", text(ENVIRON["BUILT_WITH"])) }
' page.html > /site/index.html
echo "listening on ${PORT:-3000}"
exec httpd -f -p "${PORT:-3000}" -h /site
