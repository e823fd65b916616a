# Prints "lines file:line name" for every function, initialiser and computed subscript, by counting braces.
# Braces in strings and comments are left out as far as a line shows them.

function bare(line) {
    gsub(/\\"/, "", line)
    gsub(/"[^"]*"/, "", line)
    sub(/\/\/.*/, "", line)
    return line
}

FNR == 1 { depth = 0; open = 0 }

{
    line = bare($0)
    if (!open && line ~ /(^|[ \t])(func[ \t]|init[?!]?[(<]|deinit|subscript[(<])/ && line !~ /^[ \t]*(self|super|try|return|\.)/) {
        start = FNR
        name = $0
        sub(/^[ \t]+/, "", name)
        open = 1
        outside = depth
        begun = 0
    }
    opened = gsub(/\{/, "{", line)
    closed = gsub(/\}/, "}", line)
    depth += opened - closed
    if (open && opened > 0) begun = 1
    if (open && begun && depth <= outside) {
        print FNR - start + 1, FILENAME ":" start, substr(name, 1, 60)
        open = 0
    }
    # A requirement of a protocol has no body: the next declaration at its depth ends it.
    if (open && !begun && line ~ /^[ \t]*$/) open = 0
    if (open && !begun && depth < outside) open = 0
}
