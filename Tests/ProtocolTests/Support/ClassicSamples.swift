import NIOCore
import ZaichikProtocol

extension Samples {
    /// Every classic frame, with values of every kind.
    static let classicFrames: [ClassicFrame] =
        [.closeConnection, .commit]
        + texts.flatMap { text -> [ClassicFrame] in
            [
                .subscribe(topic: text), .unsubscribe(topic: text),
                .createTopic(name: text, retention: 0, deduplicationWindow: .max),
                .createTopic(name: text, retention: .max, deduplicationWindow: 0),
            ]
        }
        + payloads.flatMap { payload -> [ClassicFrame] in
            [nil, ByteBuffer(), bytes(text: "ключ")].map { .publish(topic: "Зайцы", key: $0, payload: payload) }
        }
        + [.publish(topic: "", key: nil, payload: ByteBuffer())]
}
