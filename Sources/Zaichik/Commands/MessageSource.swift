import NIOCore
import ZaichikProtocol
import ZaichikWords

/// The messages of `zaichik pub`, one after the other.
struct MessageSource {
    struct Message {
        var key: ByteBuffer?
        var payload: ByteBuffer
        var headers = Headers()
    }

    enum Origin {
        /// The same message each time.
        case message(ByteBuffer)
        /// A message each; a dash is standard input.
        case files([ArgumentBytes])
        /// A message for each line, or for whatever a delimiter ends.
        case records(InputReader)
    }

    enum Keys {
        case none
        case fixed(ByteBuffer)
        /// Each message begins with its key, up to the separator.
        case separated(by: [UInt8], isOptional: Bool)
    }

    private var origin: Origin
    private let keys: Keys
    /// How often a single message is published.
    private let count: Int
    /// The longest payload, in bytes.
    private let limit: Int
    /// `line`, `file` or `message`.
    let unit: String
    /// How many messages were handed out.
    private(set) var taken = 0

    init(_ origin: Origin, keys: Keys, count: Int = 1, limit: Int, unit: String) {
        self.origin = origin
        self.keys = keys
        self.count = count
        self.limit = limit
        self.unit = unit
    }

    /// - Returns: nil at the end, or when the command is interrupted.
    /// - Throws: A ``CommandFailure`` that names the message.
    mutating func next() throws -> Message? {
        guard let payload = try nextPayload() else { return nil }
        let message = try divide(payload)
        taken += 1
        return message
    }

    private mutating func nextPayload() throws -> ByteBuffer? {
        switch origin {
        case .message(let payload): return taken < count ? payload : nil
        case .files(let files):
            if files.count == 1 {
                guard let payload = try contents(of: files[0]) else { return nil }
                origin = .message(payload)
                return payload
            }
            return taken < files.count ? try contents(of: files[taken]) : nil
        case .records(var reader):
            // Taken out, so that what it holds is not copied when it grows.
            origin = .message(ByteBuffer())
            defer { origin = .records(reader) }
            do {
                return try reader.next(limit: limit + separatorLength)
            } catch let error as InputReader.TooLong {
                throw CommandFailure("\(unit) \(taken + 1) \(error)")
            }
        }
    }

    private func contents(of file: ArgumentBytes) throws -> ByteBuffer? {
        guard file.isDash else { return try InputReader.contents(of: file.bytes, limit: limit) }
        var reader = InputReader()
        return try reader.rest(limit: limit)
    }

    private var separatorLength: Int {
        if case .separated(let separator, _) = keys { separator.count } else { 0 }
    }

    private func divide(_ record: ByteBuffer) throws -> Message {
        switch keys {
        case .none: return Message(key: nil, payload: record)
        case .fixed(let key): return Message(key: key, payload: record)
        case .separated(let separator, let isOptional):
            if let range = record.readableBytesView.firstRange(of: separator) {
                var payload = record
                let key = payload.readSlice(length: range.lowerBound - record.readerIndex)
                payload.moveReaderIndex(to: range.upperBound)
                return Message(key: key, payload: payload)
            }
            if isOptional { return Message(key: nil, payload: record) }
            throw CommandFailure(
                """
                \(unit) \(taken + 1) has no key: the separator '\(SafeText.escaped(SafeText.text(separator)))' is not in \
                it; --key-optional publishes such a \(unit) without a key
                """)
        }
    }
}
