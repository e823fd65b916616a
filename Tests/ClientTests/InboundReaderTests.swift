import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Reading what the broker sends")
struct InboundReaderTests {
    private func bytes(_ frames: BrokerFrame...) -> ByteBuffer {
        var buffer = ByteBuffer()
        for frame in frames { frame.write(to: &buffer) }
        return buffer
    }

    private func message(_ sequence: UInt64, time: UInt64 = 1000, key: String? = nil, id: UInt32 = 3) -> BrokerFrame {
        .deliver(
            Message(
                topicID: id, sequence: sequence, timestamp: time, key: key.map { ByteBuffer(string: $0) },
                payload: ByteBuffer(string: "p\(sequence)")))
    }

    private let topic = BrokerFrame.topic(request: 0, id: 3, name: "a.b", incarnation: 7)

    @Test("deliveries and gaps keep their order, carry their topic's name and are numbered from 1")
    func batch() throws {
        var reader = InboundReader(connection: 1)
        let gap = BrokerFrame.gap(.limit, topicID: 3, first: 2, last: 4)
        try reader.receive(bytes(topic, message(1, key: ""), gap, message(5, key: "k")))
        let (arrivals, size) = reader.takeArrivals()
        #expect(arrivals.count == 3 && size == 89)
        guard case .delivery(let first) = arrivals[0], case .gap(let lost) = arrivals[1],
            case .delivery(let second) = arrivals[2]
        else {
            Issue.record("the order is not kept: \(arrivals)")
            return
        }
        #expect(first.topic.string == "a.b" && first.sequence == 1 && first.number == 1 && first.timestamp == 1000)
        #expect(first.incarnation == 7)
        #expect(first.key == ByteBuffer() && first.payload == ByteBuffer(string: "p1"))
        #expect(lost == Gap(topic: first.topic, first: 2, last: 4, reason: .limit) && lost.count == 3)
        #expect(second.number == 2 && second.key == ByteBuffer(string: "k"))
        #expect(reader.takeArrivals().arrivals.isEmpty)
    }

    @Test("frames may be split anywhere")
    func dripFed() throws {
        let whole = bytes(topic, message(1), .confirm(9), message(2, key: "key"))
        for size in [1, 2, 3, 7, 13] {
            var reader = InboundReader(connection: 1)
            var rest = whole
            while rest.readableBytes > 0, let piece = rest.readSlice(length: min(size, rest.readableBytes)) {
                try reader.receive(piece)
            }
            #expect(reader.takeArrivals().arrivals.count == 2)
            #expect(reader.takeControl().frames == [topic, .confirm(9)])
        }
    }

    @Test("a type newer than the table is passed over")
    func unknownType() throws {
        var reader = InboundReader(connection: 1)
        var unknown = ByteBuffer(bytes: [6, 0, 0, 0, 0xDE, 0, 0, 0, 1, 2])
        var rest = bytes(.confirm(1))
        unknown.writeBuffer(&rest)
        try reader.receive(unknown)
        #expect(reader.takeControl().frames == [.confirm(1)])
    }

    @Test("an unknown type among those that count as deliveries is counted, and committed along; no other is")
    func unknownDelivery() throws {
        var reader = InboundReader(connection: 1)
        var read = bytes(topic, message(1))
        for type: UInt8 in [0xA3, 0xA7, 0xA8, 0xAF, 0xB0] { read.writeBytes([6, 0, 0, 0, type, 0, 0, 0, 1, 2]) }
        read.writeImmutableBuffer(bytes(message(2)))
        try reader.receive(read)
        let numbers = reader.takeArrivals().arrivals.map { arrival in
            guard case .delivery(let delivery) = arrival else { return UInt64(0) }
            return delivery.number
        }
        #expect(numbers == [1, 4])
        #expect(reader.takeControl().skipped == [2...3])
    }

    @Test("what can be no frame is an error: before WELCOME more than 64 KiB, a topic id that was not announced")
    func garbage() {
        var reader = InboundReader(connection: 1)
        #expect(throws: FrameError.self) { try reader.receive(ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n")) }
        #expect(throws: FrameError.self) { try reader.receive(bytes(message(1, id: 99))) }
    }

    @Test("after a reconnect what was received before is skipped, and only that")
    func resumed() throws {
        var before = InboundReader(connection: 1)
        try before.receive(bytes(topic, message(1, time: 10), message(2, time: 10)))
        let name = try TopicName("a.b")
        #expect(before.positions == [name: ReadPosition(sequence: 2, timestamp: 10, incarnation: 7)])
        var reader = InboundReader(connection: 2, earlier: before.positions)
        try reader.receive(bytes(topic, message(1, time: 10), message(2, time: 10), message(3, time: 10)))
        let skipped = reader.takeControl().skipped
        #expect(skipped == [1...2])
        guard case .delivery(let delivery)? = reader.takeArrivals().arrivals.first else {
            Issue.record("the new message was skipped too")
            return
        }
        #expect(delivery.sequence == 3 && delivery.number == 3)
        #expect(reader.positions[name]?.sequence == 3)
    }

    @Test("a topic of another incarnation counts from 1 again: none of its messages is skipped, whatever their times")
    func restarted() throws {
        let name = try TopicName("a.b")
        let earlier = [name: ReadPosition(sequence: 50, timestamp: 10, incarnation: 6)]
        var reader = InboundReader(connection: 2, earlier: earlier)
        try reader.receive(bytes(topic, message(1, time: 9), message(2, time: 10), message(60, time: 11)))
        #expect(reader.takeArrivals().arrivals.count == 3)
        #expect(reader.takeControl().skipped.isEmpty)
        #expect(reader.positions == [name: ReadPosition(sequence: 60, timestamp: 11, incarnation: 7)])
    }

    @Test("what was unsubscribed from is forgotten: a replay that is asked for after a reconnect comes whole")
    func forgotten() throws {
        let earlier = [try TopicName("a.b"): ReadPosition(sequence: 50, timestamp: 2000, incarnation: 7)]
        var reader = InboundReader(connection: 2, earlier: earlier)
        try reader.receive(bytes(topic))
        reader.forget([try TopicPattern("a.b")], keeping: [try TopicPattern("a.*")])
        #expect(reader.positions.count == 1, "another subscription still reads it")
        reader.forget([try TopicPattern("a.b")])
        #expect(reader.positions.isEmpty)
        try reader.receive(bytes(message(1)))
        #expect(reader.takeArrivals().arrivals.count == 1)
        #expect(reader.takeControl().skipped.isEmpty)
    }

    @Test("a gap of all sequences there are has a count")
    func largestGap() throws {
        #expect(Gap(topic: try TopicName("a"), first: 0, last: .max, reason: .moved).count == .max)
    }

    private func deliveries(_ reader: inout InboundReader) -> [Delivery] {
        reader.takeArrivals().arrivals.compactMap { if case .delivery(let delivery) = $0 { delivery } else { nil } }
    }

    @Test("a message that comes again carries what was announced of it, wherever in the topic it is")
    func redelivery() throws {
        var reader = InboundReader(connection: 1)
        let again = Redelivery(topicID: 3, sequence: 2, attempt: 4, cause: .returned, reason: "later")
        try reader.receive(bytes(topic, message(1), message(2), message(3), .redelivery(again), .ping(1), message(2)))
        try reader.receive(bytes(message(4), message(2)))
        let read = deliveries(&reader)
        #expect(read.map(\.sequence) == [1, 2, 3, 2, 4, 2] && read.map(\.number) == [1, 2, 3, 4, 5, 6])
        #expect(read.map(\.attempt) == [1, 1, 1, 4, 1, 1])
        #expect(read[3].cause == .returned && read[3].reason == "later" && read[2].cause == nil)
        #expect(reader.redelivered == 1 && reader.takeControl().skipped.isEmpty)
    }

    @Test("reading does not go back with a message that comes again")
    func redeliveredPosition() throws {
        var reader = InboundReader(connection: 1)
        let again = Redelivery(topicID: 3, sequence: 2, attempt: 2, cause: .returned)
        try reader.receive(bytes(topic, message(5), .redelivery(again), message(2)))
        #expect(try reader.positions[TopicName("a.b")]?.sequence == 5)
    }

    @Test(
        "in a session that goes on nothing is taken for repeated or missing, in a new one it is",
        arguments: [true, false])
    func session(isResumed: Bool) throws {
        let earlier = [try TopicName("a.b"): ReadPosition(sequence: 4, timestamp: 900, incarnation: 7)]
        var reader = InboundReader(connection: 2, earlier: earlier, session: 9)
        var welcome = ScriptedPeer.welcome
        welcome.session = .init(incarnation: 9, isResumed: isResumed)
        let again = Redelivery(topicID: 3, sequence: 2, attempt: 2, cause: .connectionEnded)
        try reader.receive(bytes(.welcome(welcome), topic, .redelivery(again), message(2), message(4), message(9)))
        let arrivals = reader.takeArrivals().arrivals
        let missing = arrivals.compactMap { if case .gap(let gap) = $0 { gap } else { nil } }
        let sequences = arrivals.compactMap { if case .delivery(let delivery) = $0 { delivery.sequence } else { nil } }
        #expect(sequences == (isResumed ? [2, 4, 9] : [2, 9]))
        #expect(missing.isEmpty)
        #expect(try reader.positions[TopicName("a.b")]?.sequence == 9)
    }

    @Test("a deleted topic is told, and what has its name later is read from its first message")
    func deletedTopic() throws {
        var reader = InboundReader(connection: 1)
        try reader.receive(bytes(topic, message(5), .topicGone(topicID: 3)))
        #expect(try reader.takeControl().gone == [TopicName("a.b")])
        #expect(reader.positions.isEmpty)
        try reader.receive(bytes(.topic(request: 0, id: 4, name: "a.b", incarnation: 8), message(1, id: 4)))
        #expect(deliveries(&reader).map(\.incarnation) == [7, 8])
    }
}
