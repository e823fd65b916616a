import NIOCore

/// The headers that a message's payload begins with under flag bit 1. docs/PROTOCOL.md, "Headers".
public struct Headers: Equatable, Sendable {
    /// A header's name and its value.
    public struct Field: Equatable, Sendable {
        public var name: String
        public var value: ByteBuffer

        public init(_ name: String, _ value: ByteBuffer) {
            self.name = name
            self.value = value
        }

        public init(_ name: String, _ value: String) { self.init(name, ByteBuffer(string: value)) }

        /// What the message asks of the broker, in ms.
        public init(_ header: MessageHeader, milliseconds: UInt64) { self.init(header.name, "\(milliseconds)") }
    }

    /// In their order. A name may come more than once.
    public var fields: [Field]

    public init(_ fields: [Field] = []) { self.fields = fields }

    public var isEmpty: Bool { fields.isEmpty }

    /// Bytes of them in a payload.
    public var size: Int { fields.reduce(2) { $0 + 6 + $1.name.utf8.count + $1.value.readableBytes } }

    /// The value of the first header of a name; nil if there is none.
    public subscript(name: String) -> ByteBuffer? { fields.first { $0.name == name }?.value }

    /// A payload that begins with them.
    public func followed(by content: ByteBuffer) -> ByteBuffer {
        var payload = ByteBuffer()
        payload.reserveCapacity(size + content.readableBytes)
        payload.writeInteger(UInt16(clamping: fields.count), endianness: .little)
        for field in fields.prefix(Int(UInt16.max)) {
            payload.writeInteger(UInt16(clamping: field.name.utf8.count), endianness: .little)
            payload.writeString(field.name)
            payload.writeInteger(UInt32(clamping: field.value.readableBytes), endianness: .little)
            payload.writeImmutableBuffer(field.value)
        }
        payload.writeImmutableBuffer(content)
        return payload
    }

    /// Takes the headers from the start of a payload, so that the message's own bytes are left.
    ///
    /// - Returns: nil if the payload does not begin with headers; then it is unchanged.
    public init?(takenFrom payload: inout ByteBuffer) {
        var rest = payload
        guard let count = rest.readInteger(endianness: .little, as: UInt16.self) else { return nil }
        var fields: [Field] = []
        for _ in 0..<count {
            guard let length = rest.readInteger(endianness: .little, as: UInt16.self),
                let name = rest.readString(length: Int(length)),
                let valueLength = rest.readInteger(endianness: .little, as: UInt32.self),
                let value = rest.readSlice(length: Int(valueLength))
            else { return nil }
            fields.append(Field(name, value))
        }
        payload = rest
        self.fields = fields
    }
}
