# The build step: makes what the page says about its build.
set -eu
echo "1/3 reading the template"
test -s page.html
echo "2/3 building with GREETING=${GREETING}"
printf '%s' "${GREETING}" > built-with.txt
echo "3/3 done, $(wc -c < page.html) bytes of template"
