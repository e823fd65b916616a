import FoundationEssentials
import NIOCore
import ZaichikWords

// JSON, one object a line, straight into a buffer: a million messages pass through here.
extension ByteBuffer {
    mutating func beginObject() { writeInteger(UInt8(ascii: "{")) }

    mutating func endObject() { writeInteger(UInt8(ascii: "}")) }

    private mutating func writeFieldName(_ name: String) {
        if getInteger(at: writerIndex - 1, as: UInt8.self) != UInt8(ascii: "{") { writeStaticString(",") }
        writeStaticString("\"")
        writeString(name)
        writeStaticString("\":")
    }

    mutating func writeField(_ name: String, _ value: UInt64) {
        writeFieldName(name)
        writeString(String(value))
    }

    /// - Parameter number: As JSON writes it.
    mutating func writeField(_ name: String, number: String) {
        writeFieldName(name)
        writeString(number)
    }

    mutating func writeField(_ name: String, _ value: Bool) {
        writeFieldName(name)
        writeStaticString(value ? "true" : "false")
    }

    mutating func writeField(_ name: String, _ value: String) {
        writeFieldName(name)
        writeJSON(value)
    }

    mutating func writeNull(_ name: String) {
        writeFieldName(name)
        writeStaticString("null")
    }

    /// Text as it is, anything else as base64 under `NAME_base64`.
    mutating func writeField(_ name: String, _ bytes: ByteBuffer) {
        if bytes.isPlainASCII {
            writeFieldName(name)
            writeStaticString("\"")
            writeImmutableBuffer(bytes)
            writeStaticString("\"")
        } else if let text = String(validating: bytes.readableBytesView, as: UTF8.self) {
            writeField(name, text)
        } else {
            writeField(name + "_base64", Data(bytes.readableBytesView).base64EncodedString())
        }
    }

    /// An object or an array as what it is, without the white space between its parts; anything else like other bytes.
    mutating func writeNestedField(_ name: String, _ bytes: ByteBuffer) {
        guard bytes.mayBeNested, bytes.isPlainASCII || bytes.isUTF8 else { return writeField(name, bytes) }
        let start = writerIndex
        writeFieldName(name)
        let isNested = bytes.withUnsafeReadableBytes { bytes in
            JSONScan.isNested(bytes) { range in
                // Valid as they are, strings included; but what could harm a terminal is escaped here, too.
                writeEscaped(UnsafeRawBufferPointer(rebasing: bytes[range]), keepsEscapes: true)
            }
        }
        guard !isNested else { return }
        moveWriterIndex(to: start)
        writeField(name, bytes)
    }

    /// A list of objects, each written by `write`.
    mutating func writeField<Value>(_ name: String, list: [Value], _ write: (Value, inout ByteBuffer) -> Void) {
        writeFieldName(name)
        writeStaticString("[")
        for (index, value) in list.enumerated() {
            if index > 0 { writeStaticString(",") }
            beginObject()
            write(value, &self)
            endObject()
        }
        writeStaticString("]")
    }

    mutating func writeField(_ name: String, object write: (inout ByteBuffer) -> Void) {
        writeFieldName(name)
        beginObject()
        write(&self)
        endObject()
    }

    /// Whether the first sign is that of an object or an array.
    fileprivate var mayBeNested: Bool {
        let first = readableBytesView.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    fileprivate var isUTF8: Bool { String(validating: readableBytesView, as: UTF8.self) != nil }

    /// Whether it needs no escapes, neither in JSON nor for a terminal.
    fileprivate var isPlainASCII: Bool {
        withUnsafeReadableBytes { bytes in
            bytes.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        }
    }

    /// Writes a string with its quotes. Characters that could harm a terminal are escaped, too.
    mutating func writeJSON(_ text: String) {
        var text = text
        writeStaticString("\"")
        text.withUTF8 { writeEscaped(UnsafeRawBufferPointer($0)) }
        writeStaticString("\"")
    }

    /// Writes valid UTF-8 with JSON's escapes: whole runs of bytes that need none, since one scalar at a time takes
    /// ten times as long.
    ///
    /// - Parameter keepsEscapes: Whether the bytes are JSON already, whose quotes and backslashes stay.
    private mutating func writeEscaped(_ bytes: UnsafeRawBufferPointer, keepsEscapes: Bool = false) {
        var written = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let isSpecial = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            if (0x20..<0x7F).contains(byte), keepsEscapes || !isSpecial {
                index += 1
                continue
            }
            let scalar = Self.scalar(bytes, at: index)
            let length = byte < 0x80 ? 1 : UTF8.width(scalar)
            if byte >= 0x80, !SafeText.isHarmful(scalar) {
                index += length
                continue
            }
            writeBytes(UnsafeRawBufferPointer(rebasing: bytes[written..<index]))
            writeEscape(scalar)
            index += length
            written = index
        }
        writeBytes(UnsafeRawBufferPointer(rebasing: bytes[written...]))
    }

    /// The scalar that begins at `index` of valid UTF-8.
    private static func scalar(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Unicode.Scalar {
        if bytes[index] < 0x80 { return Unicode.Scalar(bytes[index]) }
        let end = min(index + 4, bytes.count)
        var decoder = UTF8()
        var iterator = bytes[index..<end].makeIterator()
        if case .scalarValue(let scalar) = decoder.decode(&iterator) { return scalar }
        preconditionFailure("text is valid UTF-8")
    }

    private mutating func writeEscape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": writeStaticString("\\\"")
        case "\\": writeStaticString("\\\\")
        case "\n": writeStaticString("\\n")
        case "\r": writeStaticString("\\r")
        case "\t": writeStaticString("\\t")
        default:
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                writeString("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            }
        }
    }
}

extension ByteBuffer {
    /// A list of texts.
    mutating func writeField(_ name: String, texts: [String]) {
        writeFieldName(name)
        writeStaticString("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { writeStaticString(",") }
            writeJSON(text)
        }
        writeStaticString("]")
    }
}
