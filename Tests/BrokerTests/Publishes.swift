import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

/// PUBLISH frames for tests.
enum Publishes {
    /// One frame a payload.
    static func frames(
        _ payloads: [String], topic: UInt32 = 1, key: String? = nil, headers: KeyValuePairs<String, String> = [:]
    ) -> ByteBuffer {
        var buffer = ByteBuffer()
        for payload in payloads {
            var content = headers.isEmpty ? ByteBuffer() : Self.headers(headers)
            content.writeString(payload)
            Message(
                topicID: topic, flags: headers.isEmpty ? [] : .headers, key: key.map(ByteBuffer.init(string:)),
                payload: content
            )
            .write(to: &buffer, type: ClientOpcode.publish.rawValue)
        }
        return buffer
    }

    /// Headers as a payload begins with them.
    static func headers(_ headers: KeyValuePairs<String, String>) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt16(headers.count), endianness: .little)
        for (name, value) in headers {
            buffer.writeInteger(UInt16(name.utf8.count), endianness: .little)
            buffer.writeString(name)
            buffer.writeInteger(UInt32(value.utf8.count), endianness: .little)
            buffer.writeString(value)
        }
        return buffer
    }

    /// Bytes of a frame without a key whose payload has so many bytes.
    static func size(payload: Int) -> Int { MessageLayout.keyOffset + payload }
}

extension TopicLog {
    /// Appends, and makes it visible.
    @discardableResult
    mutating func append(
        _ payloads: [String], by publisher: Publisher = .one, now: UInt64 = 1, stamp: UInt64,
        largest: Int = 1 << 20,
        budget: MemoryBudget = MemoryBudget(limit: 1 << 30)
    ) -> Bool {
        defer { release(upTo: appendedSequence) }
        return Publishes.frames(payloads).withUnsafeReadableBytes {
            append(
                $0, by: publisher, now: now, stamp: stamp, budget: budget, largestSegment: largest)
        }
    }

    /// Takes a read's memory, and makes it visible.
    mutating func adopt(
        _ frames: ByteBuffer, by publisher: Publisher = .one, stamp: UInt64,
        budget: MemoryBudget = MemoryBudget(limit: 1 << 30)
    ) {
        adopt(frames, by: publisher, now: stamp, stamp: stamp, budget: budget)
        release(upTo: appendedSequence)
    }

    /// The messages that a read gives; nil if it gives none.
    func take(_ position: inout LogPosition, limit: ReadLimit) -> TakenRun? {
        guard case .messages(let taken) = read(&position, limit: limit, now: 0) else { return nil }
        return taken
    }

    /// Reads everything there is from a position, as payloads.
    func payloads(
        from position: inout LogPosition, limit: ReadLimit = ReadLimit(messages: .max, bytes: .max)
    ) -> [String] {
        var payloads: [String] = []
        while let taken = take(&position, limit: limit) { payloads += taken.payloads }
        return payloads
    }
}

extension PublishRun {
    init(
        _ frames: UnsafeRawBufferPointer, count: Int, in memory: ByteBuffer? = nil, by publisher: Publisher = .one,
        stamp: UInt64, now: UInt64, times: MessageTimes = MessageTimes()
    ) {
        self.init(
            frames: frames, count: count, memory: memory, stamp: stamp, now: now, publisher: publisher, times: times)
    }
}

extension Publisher {
    private static let budget = MemoryBudget(limit: 1 << 30)

    /// The publisher where it does not matter which.
    static let one = test()

    /// A publisher in a seat, whose reader has the same one.
    static func test(shard: Int = 0, seat: UInt32 = 99, name: String = "", budget: MemoryBudget = budget) -> Publisher {
        Publisher(
            handle: PublisherHandle(shard: UInt16(shard), seat: seat, generation: 0),
            reader: ReaderHandle(shard: UInt16(shard), seat: seat, generation: 0), connectionID: UInt64(seat),
            clientName: name, budget: budget)
    }
}

extension TakenRun {
    var messages: [Message] {
        var bytes = bytes
        var messages: [Message] = []
        while let header = FrameHeader(peeking: bytes), let frame = bytes.readSlice(length: header.frameLength) {
            if case .deliver(let message)? = try? BrokerFrame(decoding: frame) { messages.append(message) }
        }
        return messages
    }

    var payloads: [String] { messages.map { String(buffer: $0.payload) } }
}

/// A generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    /// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
