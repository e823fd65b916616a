import NIOCore
import ZaichikProtocol

/// The headers that a payload begins with, if flag bit 1 says so. docs/PROTOCOL.md, "Headers".
enum MessageHeaders {
    enum Verdict: Equatable {
        /// They are well formed, and these are the times that they ask for.
        case fine(MessageTimes)
        case malformed
        /// A header asks the broker for something that it does not know.
        case unknown(name: String)
        /// A header asks for something in a value that it cannot have.
        case badValue(MessageHeader, String)
    }

    /// The first byte of names by which a message asks the broker for something: ``MessageHeader`` has those that there
    /// are.
    private static let reserved = UInt8(ascii: "$")
    /// How much of a value a refusal repeats, in bytes.
    private static let shownValue = 64

    static func judge(_ payload: ByteBuffer) -> Verdict {
        payload.withUnsafeReadableBytes { bytes in
            var asked = Asked()
            var areText = true
            let areWhole = HeaderWalk.headers(of: bytes) { name, value in
                guard let text = String(validating: name, as: UTF8.self) else {
                    areText = false
                    return
                }
                if name.first == reserved { asked.note(text, value) }
            }
            return areWhole && areText ? asked.verdict : .malformed
        }
    }

    /// What the headers ask for, and the first of them that cannot be obeyed.
    private struct Asked {
        private var times = MessageTimes()
        private var refusal: Verdict?

        var verdict: Verdict { refusal ?? .fine(times) }

        mutating func note(_ name: String, _ value: UnsafeRawBufferPointer) {
            guard refusal == nil else { return }
            guard let header = MessageHeader(rawValue: name) else { return refusal = .unknown(name: name) }
            guard let milliseconds = header.milliseconds(value) else {
                let text = String(decoding: value.prefix(shownValue), as: UTF8.self)
                return refusal = .badValue(header, text)
            }
            // If a header comes twice, the last one counts.
            switch header {
            case .expireAfter: times.expireAfter = milliseconds
            case .delay: times.delay = milliseconds
            }
        }
    }
}
