import NIOCore
import ZaichikProtocol

/// The session that docs/PROTOCOL.md prints.
enum DocumentedSession {
    private enum Step {
        case client(String, ClientFrame)
        case broker(String, BrokerFrame)
    }

    private static let topic: UInt64 = 0x2b91_0e66_c4d8_f357

    private static let steps: [Step] = [
        .client("HELLO: window 2, name \"hare\"", .hello(Hello(window: 2, name: "hare"))),
        .broker(
            "WELCOME: connection 12, frames of up to 8 MiB, window 2, broker \"burrow\", version 0.1.0, its incarnation, "
                + "what it can do",
            .welcome(
                Welcome(
                    connectionID: 12, maximumFrame: UInt32(FrameLimits.standard), window: 2, brokerName: "burrow",
                    version: "0.1.0", incarnation: 0x8f3c_52d1_77a0_4be9, capabilities: ["incarnations"]))),
        .client("TOPIC: request 1, \"hello\"", .topic(request: 1, name: "hello")),
        .broker(
            "TOPIC: request 1, id 7, the topic's incarnation",
            .topic(request: 1, id: 7, name: "hello", incarnation: topic)),
        .client("SUBSCRIBE: request 2, from now on, \"hello\"", .subscribe(request: 2, pattern: "hello", from: .new)),
        .broker("OK: request 2", .ok(request: 2, detail: ByteBuffer())),
        .client("PUBLISH: topic 7, no key, \"one\"", .publish(message(0, 0, nil, "one"))),
        .client("PUBLISH: topic 7, key \"k\", \"two\"", .publish(message(0, 0, "k", "two"))),
        .broker("CONFIRM: both are accepted", .confirm(2)),
        .broker(
            "TOPIC: unasked, as the first delivery from it follows",
            .topic(request: 0, id: 7, name: "hello", incarnation: topic)),
        .broker("DELIVER: topic 7, sequence 1, \"one\"", .deliver(message(1, 1_700_000_000_000_000, nil, "one"))),
        .broker(
            "DELIVER: topic 7, sequence 2, key \"k\", \"two\"",
            .deliver(message(2, 1_700_000_000_000_000, "k", "two"))),
        .client("COMMIT: both are done", .commit(2)),
        .client("PING", .ping(1)),
        .broker("PONG: all that was sent before is answered", .pong(1)),
        .client("CLOSE", .close),
        .broker("GOODBYE: closed-by-client", .goodbye(code: ErrorCode.closedByClient.rawValue, reason: "bye")),
    ]

    private static func message(_ sequence: UInt64, _ time: UInt64, _ key: String?, _ payload: String) -> Message {
        Message(
            topicID: 7, sequence: sequence, timestamp: time, key: key.map { bytes(text: $0) },
            payload: bytes(text: payload))
    }

    static var lines: [String] {
        var lines = ["```text", "→ the preface", "    " + spaced(ByteBuffer(bytes: Preface.bytes))]
        for step in steps {
            switch step {
            case .client(let title, let frame): lines += ["→ \(title)"] + hex(frame.bytes)
            case .broker(let title, let frame): lines += ["← \(title)"] + hex(frame.bytes)
            }
        }
        return lines + ["```"]
    }

    /// The header's fields, then the body, sixteen bytes a line.
    private static func hex(_ frame: ByteBuffer) -> [String] {
        let header = [(0, 4), (4, 5), (5, 6), (6, 8)].map { spaced(frame.piece($0, $1)) }.joined(separator: "  ")
        let body = frame.frameBody
        let rows = stride(from: 0, to: body.readableBytes, by: 16).map {
            spaced(body.piece($0, min($0 + 16, body.readableBytes)))
        }
        return (["    " + header] + rows.map { "        " + $0 })
    }

    private static func spaced(_ buffer: ByteBuffer) -> String {
        buffer.readableBytesView.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
