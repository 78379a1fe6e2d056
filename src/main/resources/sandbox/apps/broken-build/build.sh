# Fails on purpose, the way builds do: it says why, then exits with a code of its own.
echo "compiling 2 files"
echo "main.c:7: error: 'answer' undeclared; did you mean 'answers'?" >&2
echo "this sample fails on purpose" >&2
exit 3
