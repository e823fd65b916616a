import FoundationEssentials
import NIOCore

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

    /// Whether JSON and terminals take it without any escape.
    fileprivate var isPlainASCII: Bool {
        withUnsafeReadableBytes { bytes in
            bytes.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        }
    }

    /// Writes a string with its quotes. What could harm a terminal is escaped too.
    mutating func writeJSON(_ text: String) {
        writeStaticString("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": writeStaticString("\\\"")
            case "\\": writeStaticString("\\\\")
            case "\n": writeStaticString("\\n")
            case "\r": writeStaticString("\\r")
            case "\t": writeStaticString("\\t")
            case _ where SafeText.isHarmful(scalar):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    writeString("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
                }
            default: writeString(String(scalar))
            }
        }
        writeStaticString("\"")
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
