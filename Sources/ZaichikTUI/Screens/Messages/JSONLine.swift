import ZaichikWords

/// The beginning of a document in one line, its parts coloured by what they are.
enum JSONLine {
    /// - Parameter bytes: Without blanks between the parts. It may be cut anywhere.
    static func spans(_ bytes: [UInt8]) -> [Span] {
        var spans: [Span] = []
        var place = 0
        while place < bytes.count {
            let end = partEnd(bytes, place)
            let role = role(of: bytes, place, end)
            let text = SafeText.text(bytes[place..<end])
            if let last = spans.indices.last, spans[last].role == role {
                spans[last].text += text
            } else {
                spans.append(Span(text, role))
            }
            place = end
        }
        return spans
    }

    /// The place behind a string, a word or a number, or a sign between those.
    private static func partEnd(_ bytes: [UInt8], _ start: Int) -> Int {
        var end = start + 1
        if bytes[start] == UInt8(ascii: "\"") {
            while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            return min(end + 1, bytes.count)
        }
        guard !isSign(bytes[start]) else { return end }
        while end < bytes.count, !isSign(bytes[end]), bytes[end] != UInt8(ascii: "\"") { end += 1 }
        return end
    }

    private static func role(of bytes: [UInt8], _ start: Int, _ end: Int) -> Role {
        switch bytes[start] {
        case UInt8(ascii: "\""): end < bytes.count && bytes[end] == UInt8(ascii: ":") ? .dataName : .dataText
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .dataNumber
        case let byte: isSign(byte) ? .quiet : .dataWord
        }
    }

    private static func isSign(_ byte: UInt8) -> Bool { "{}[],:".utf8.contains(byte) }
}
