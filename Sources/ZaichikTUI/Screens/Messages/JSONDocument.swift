import ZaichikWords

/// A JSON document in indented lines, its parts coloured by what they are, and folded below a depth. Of any document the
/// work grows with its bytes, however deep its brackets are.
struct JSONDocument {
    /// The largest indentation, in columns.
    private let deepest: Int
    /// Brackets below so many others are folded; nil: none is.
    private let folded: Int?
    private let bytes: [UInt8]
    private var place = 0
    private var lines: [[Span]] = []
    private var line: [Span] = []
    /// The closing brackets that are owed.
    private var open: [UInt8] = []
    /// A string that comes next is a member's name.
    private var isName = false

    private init(_ bytes: [UInt8], folded: Int?, deepest: Int) {
        self.bytes = bytes
        self.folded = folded
        self.deepest = deepest
    }

    /// - Parameter bytes: A document as a whole (``JSONText/isDocument(_:)``).
    static func lines(_ bytes: [UInt8], folded: Int? = nil, deepest: Int = 40) -> [[Span]] {
        var document = JSONDocument(bytes, folded: folded, deepest: deepest)
        while document.place < bytes.count { document.take() }
        return document.lines + [document.line]
    }

    /// How many brackets are within each other at most.
    static func depth(_ bytes: [UInt8]) -> Int {
        var scanner = JSONStrings()
        var (depth, deepest) = (0, 0)
        for byte in bytes where !scanner.isInString(at: byte) {
            if isOpening(byte) { depth += 1 } else if isClosing(byte) { depth -= 1 }
            deepest = max(deepest, depth)
        }
        return deepest
    }

    private mutating func take() {
        let byte = bytes[place]
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): takeOpening(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            place += 1
            _ = open.popLast()
            begin()
            line.append(Span(Self.text([byte]), .quiet))
        case UInt8(ascii: ","):
            place += 1
            line.append(Span(",", .quiet))
            begin()
            isName = open.last == UInt8(ascii: "}")
        case UInt8(ascii: ":"):
            place += 1
            line.append(Span(": ", .quiet))
            isName = false
        case UInt8(ascii: "\""):
            let end = stringEnd
            line.append(Span(Self.text(bytes[place..<end]), isName ? .dataName : .dataText))
            place = end
        case _ where JSONText.isBlank(byte): place += 1
        default: takeWord()
        }
    }

    /// The place behind the string that begins here.
    private var stringEnd: Int {
        var end = place + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(end + 1, bytes.count)
    }

    /// A number, or one of the three words.
    private mutating func takeWord() {
        let start = place
        while place < bytes.count, !Self.endsWord(bytes[place]) { place += 1 }
        let isNumber = bytes[start] == UInt8(ascii: "-") || (0x30...0x39).contains(bytes[start])
        line.append(Span(Self.text(bytes[start..<place]), isNumber ? .dataNumber : .dataWord))
    }

    private mutating func takeOpening(_ byte: UInt8) {
        let closing = byte == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
        let (end, members) = contents
        if members == 0 {
            line.append(Span(Self.text([byte, closing]), .quiet))
            place = end
        } else if let folded, open.count >= folded {
            line.append(Span(Self.text([byte]) + " … \(members) " + Self.text([closing]), .quiet))
            place = end
        } else {
            line.append(Span(Self.text([byte]), .quiet))
            place += 1
            open.append(closing)
            begin()
        }
        isName = members > 0 && open.last == UInt8(ascii: "}")
    }

    /// The place behind the bracket that closes the one here, and how many members are between them. If it is not folded, no
    /// more is looked at than whether there are any.
    private var contents: (end: Int, members: Int) {
        var scanner = JSONStrings()
        var (depth, members) = (0, 0)
        for index in place..<bytes.count {
            let byte = bytes[index]
            let isInString = scanner.isInString(at: byte)
            if !isInString, JSONText.isBlank(byte) { continue }
            if !isInString, Self.isClosing(byte) {
                depth -= 1
                if depth == 0 { return (index + 1, members) }
                continue
            }
            if index > place, members == 0 { members = 1 }
            if folded.map({ open.count < $0 }) ?? true, members > 0 { break }
            if isInString { continue }
            if Self.isOpening(byte) { depth += 1 }
            if byte == UInt8(ascii: ","), depth == 1 { members += 1 }
        }
        return (bytes.count, members)
    }

    private mutating func begin() {
        lines.append(line)
        line = open.isEmpty ? [] : [Span(String(repeating: " ", count: min(2 * open.count, deepest)))]
    }

    private static func isOpening(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") }
    private static func isClosing(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") }

    private static func endsWord(_ byte: UInt8) -> Bool {
        isClosing(byte) || byte == UInt8(ascii: ",") || JSONText.isBlank(byte)
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String { SafeText.text(bytes) }
}
