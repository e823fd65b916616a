/// How what must not be overlooked is shown: red and bold where there are colours. The word alone says it, too.
enum Loudness {
    static func loud(_ text: String) -> String { "\u{1B}[1;31m\(text)\u{1B}[0m" }
}
