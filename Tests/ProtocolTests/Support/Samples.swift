import NIOCore
import ZaichikProtocol

/// Values that stand for all others: empty, plain, of several bytes a letter, and the longest.
enum Samples {
    static let texts = ["", "a", "orders.eu", "Зайцы", "🐇.норка", String(repeating: "z", count: 255)]
    static let largest = [UInt64(0), 1, 0x0102_0304_0506_0708, .max]
    static let requests: [UInt32] = [1, 0x0102_0304, .max]
    static let payloads = [
        ByteBuffer(), bytes(text: "message"), bytes(text: "Зайцы 🐇"), ByteBuffer(bytes: Array(UInt8.min...UInt8.max)),
    ]
    static let keys: [ByteBuffer?] = [nil, ByteBuffer(), bytes(text: "ключ"), ByteBuffer(bytes: [0, 0xFF])]

    static func messages(timestamps: [UInt64], flags: [MessageFlags]) -> [Message] {
        var messages: [Message] = []
        for key in keys {
            for payload in payloads {
                for flags in flags {
                    for time in timestamps {
                        messages.append(
                            Message(
                                topicID: .max, sequence: time, timestamp: time, flags: flags, key: key,
                                payload: payload))
                    }
                }
            }
        }
        return messages
    }

    static var settings: [TopicSettingsChange] {
        var some = TopicSettingsChange()
        some[.retention] = .max
        some[.overflow] = 2
        var rest = TopicSettingsChange(TopicSettings())
        rest[.deduplicationScope] = 1
        rest[.limit] = 0
        return [TopicSettingsChange(), some, rest]
    }

    static let topicQueries: [TopicQuery] =
        [TopicQuery(), TopicQuery(sort: .lastPublishAge, descending: false, limit: .max, filter: "Зайцы")]
        + [TopicQuery(sort: .headSequence, limit: 0, filter: String(repeating: "z", count: 255))]
    static let clientQueries: [ClientQuery] =
        [ClientQuery(), ClientQuery(sort: .unsentBytes, descending: false, limit: .max, filter: "🐇")]
        + [ClientQuery(sort: .lagMessages, limit: 1, filter: "a")]
}
