import FoundationEssentials
import NIOCore
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// The file that `record` writes and `replay` reads: JSON lines, first one about the recording, then one for each message.
enum Recording {
    static let format = "zaichik-recording"
    /// Changes when an older `replay` could not read it.
    static let version: UInt64 = 1

    /// Writes the first line.
    static func writeHead(_ topics: [String], broker: String, to buffer: inout ByteBuffer) {
        buffer.writeField("format", format)
        buffer.writeField("version", version)
        buffer.writeField("broker", broker)
        buffer.writeField("topics", texts: topics)
    }

    /// The time of a recording: that of the broker, from the first message on. It never goes back, although the messages of
    /// several topics may do so a little.
    final class Clock: Sendable {
        private let times = Mutex<(first: UInt64, last: UInt64)?>(nil)

        /// The time since the first message, in µs.
        ///
        /// - Parameter timestamp: The message's, in µs since 1970 UTC.
        func time(of timestamp: UInt64) -> UInt64 {
            times.withLock { times in
                let first = times?.first ?? timestamp
                let last = max(times?.last ?? timestamp, timestamp)
                times = (first, last)
                return last - first
            }
        }

        /// The time of the last message; 0 before the first.
        var now: UInt64 { times.withLock { $0.map { $0.last - $0.first } ?? 0 } }
    }

    /// Writes a message's line without its end.
    static func write(_ delivery: Delivery, _ clock: Clock, to buffer: inout ByteBuffer) {
        buffer.beginObject()
        buffer.writeField("at_us", clock.time(of: delivery.timestamp))
        buffer.writeField("topic", delivery.topic.string)
        buffer.writeField("sequence", delivery.sequence)
        buffer.writeField("timestamp", delivery.timestamp)
        if let key = delivery.key { buffer.writeField("key", key) } else { buffer.writeNull("key") }
        if delivery.hasHeaders { buffer.writeHeaders(delivery.headers) }
        buffer.writeField("payload", delivery.content)
        buffer.endObject()
    }

    /// Writes the line of messages that were lost before they could be delivered.
    static func write(_ gap: Gap, _ clock: Clock, to buffer: inout ByteBuffer) {
        buffer.beginObject()
        buffer.writeField("at_us", clock.now)
        buffer.writeField("topic", gap.topic.string)
        buffer.writeField("gap", [gap]) { gap, buffer in
            buffer.writeField("first", gap.first)
            buffer.writeField("last", gap.last)
            buffer.writeField("reason", gap.reason.description)
        }
        buffer.endObject()
    }
}

/// A line of a recording, as it is read.
enum RecordedLine {
    struct Message: Equatable {
        /// Since the first message, in µs.
        var time: UInt64
        var topic: TopicName
        var key: ByteBuffer?
        var headers: Headers
        var payload: ByteBuffer
    }

    case message(Message)
    /// Messages that the recording misses.
    case gap(UInt64)

    /// Why a line cannot be used.
    struct Unusable: Error {
        var reason: String
    }

    private struct Head: Decodable {
        var format: String
        var version: UInt64
    }

    private struct Line: Decodable {
        struct Header: Decodable {
            var name: String
            var value: String?
            var base64: String?

            private enum CodingKeys: String, CodingKey {
                case name, value
                case base64 = "value_base64"
            }
        }
        struct Gap: Decodable {
            var first: UInt64
            var last: UInt64
        }
        var time: UInt64
        var topic: String
        var key: String?
        var keyBase64: String?
        var payload: String?
        var payloadBase64: String?
        var headers: [Header]?
        var gap: Gap?

        private enum CodingKeys: String, CodingKey {
            case topic, key, payload, headers, gap
            case time = "at_us"
            case keyBase64 = "key_base64"
            case payloadBase64 = "payload_base64"
        }
    }

    /// Checks the first line.
    static func checkHead(_ line: ByteBuffer) throws(Unusable) {
        guard let head = try? JSONDecoder().decode(Head.self, from: Data(line.readableBytesView)),
            head.format == Recording.format
        else {
            throw Unusable(reason: "this is no recording: its first line is not that of 'zaichik record'")
        }
        guard head.version == Recording.version else {
            throw Unusable(
                reason: "the recording has version \(head.version), and this program reads version \(Recording.version)"
            )
        }
    }

    static func read(_ bytes: ByteBuffer) throws(Unusable) -> RecordedLine {
        let line: Line
        do {
            line = try JSONDecoder().decode(Line.self, from: Data(bytes.readableBytesView))
        } catch DecodingError.keyNotFound(let key, _) {
            throw Unusable(reason: "it has no '\(key.stringValue)'")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw Unusable(
                reason: "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is of the wrong kind")
        } catch {
            throw Unusable(reason: "it is not JSON, or cut off")
        }
        if let gap = line.gap { return .gap(gap.last >= gap.first ? gap.last - gap.first + 1 : 0) }
        let topic: TopicName
        do {
            topic = try TopicName(line.topic)
        } catch {
            throw Unusable(reason: ErrorText.topicName(line.topic, error))
        }
        guard let payload = try self.bytes(line.payload, line.payloadBase64, "payload") else {
            throw Unusable(reason: "it has no 'payload'")
        }
        var headers = Headers()
        // A delay is over: it is in the times of the recording.
        for header in line.headers ?? [] where header.name != MessageHeader.delay.name {
            let value = try self.bytes(header.value, header.base64, "value")
            headers.fields.append(Headers.Field(header.name, value ?? ByteBuffer()))
        }
        return .message(
            Message(
                time: line.time, topic: topic, key: try self.bytes(line.key, line.keyBase64, "key"), headers: headers,
                payload: payload))
    }

    private static func bytes(
        _ text: String?, _ base64: String?, _ name: String
    ) throws(Unusable) -> ByteBuffer? {
        if let text { return ByteBuffer(string: text) }
        guard let base64 else { return nil }
        guard let data = Data(base64Encoded: base64) else {
            throw Unusable(reason: "'\(name)_base64' is not base64")
        }
        return ByteBuffer(bytes: data)
    }
}
