import ZaichikWords

/// Payloads as text. As JSON only what is JSON as a whole may be shown: ``ReceivedMessage/format(_:)``.
enum PayloadText {
    /// How much of a payload is examined for one line, in bytes.
    private static let looked = 2048

    /// In one line.
    static func line(_ payload: [UInt8], _ format: PayloadFormat) -> String {
        let beginning = payload.prefix(looked)
        switch format {
        case .text: return SafeText.text(whole(beginning, of: payload))
        case .json: return SafeText.text(whole(JSONText.compact(beginning)[...], of: payload))
        case .messagePack: return SafeText.text(MessagePackText.beginning(payload, looked))
        case .hex:
            let shown = payload.prefix(256)
            return shown.map(SafeText.hex).joined(separator: " ") + "  " + printable(shown)
        }
    }

    /// The same in spans, coloured where it is a document.
    ///
    /// - Parameter columns: How many are seen at most.
    static func lineSpans(_ payload: [UInt8], _ format: PayloadFormat, columns: Int) -> [Span] {
        // The longest character has four bytes in a column; a part of one at the end is not seen.
        let beginning = min(looked, 4 * max(0, columns) + 8)
        switch format {
        case .text, .hex: return [Span(line(payload, format))]
        case .json: return JSONLine.spans(JSONText.compact(payload.prefix(beginning)))
        case .messagePack: return JSONLine.spans(MessagePackText.beginning(payload, beginning))
        }
    }

    /// The JSON as which a payload is shown; nil if it is not.
    static func document(_ payload: [UInt8], _ format: PayloadFormat) -> [UInt8]? {
        switch format {
        case .json: payload
        case .messagePack: MessagePackText.json(payload)
        case .text, .hex: nil
        }
    }

    /// In lines of at most so many columns, with colours where it is a document.
    ///
    /// - Parameter folded: Brackets below so many others are folded; nil: none is.
    static func spans(_ payload: [UInt8], _ format: PayloadFormat, columns: Int, folded: Int?) -> [[Span]] {
        guard let document = document(payload, format) else {
            return lines(payload, format, columns: columns).map { [Span($0)] }
        }
        let columns = max(columns, 8)
        return JSONDocument.lines(document, folded: folded, deepest: min(40, columns / 2))
            .flatMap { $0.wrapped(columns) }
    }

    /// In lines of at most so many columns.
    static func lines(_ payload: [UInt8], _ format: PayloadFormat, columns: Int) -> [String] {
        let columns = max(columns, 8)
        switch format {
        case .text: return text(payload, columns)
        case .json:
            return JSONText.indented(payload, deepest: min(40, columns / 2)).flatMap {
                TextWidth.wrap(SafeText.text($0), columns)
            }
        case .messagePack: return lines(MessagePackText.json(payload) ?? [], .json, columns: columns)
        case .hex:
            let step = columns >= 76 ? 16 : 8
            return stride(from: 0, to: payload.count, by: step).map { start in
                let bytes = payload[start..<min(start + step, payload.count)]
                let hex = bytes.map(SafeText.hex).joined(separator: " ")
                let padding = String(repeating: " ", count: step * 3 - hex.count + 1)
                let offset = String(start, radix: 16)
                return String(repeating: "0", count: max(0, 6 - offset.count)) + offset + "  " + hex + padding
                    + printable(bytes)
            }
        }
    }

    /// Leaves out a scalar at the end of which the cut took a part: it is not invalid UTF-8.
    private static func whole(_ bytes: ArraySlice<UInt8>, of payload: [UInt8]) -> ArraySlice<UInt8> {
        guard payload.count > looked else { return bytes }
        var end = bytes
        for _ in 0..<3 where end.last.map({ $0 & 0xC0 == 0x80 }) ?? false { end.removeLast() }
        if let last = end.last, last >= 0xC0 { return end.dropLast() }
        return bytes
    }

    private static func text(_ payload: [UInt8], _ columns: Int) -> [String] {
        payload.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .flatMap { TextWidth.wrap(SafeText.text($0), columns) }
    }

    private static func printable(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    }
}
