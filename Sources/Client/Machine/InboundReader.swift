import NIOCore
import ZaichikProtocol

/// Takes what the broker sends apart: deliveries and gaps as one batch for each read, the rest as frames.
struct InboundReader {
    /// Where reading stood in one topic.
    struct Place: Equatable, Sendable {
        var sequence: UInt64
        /// In µs since 1970 UTC.
        var timestamp: UInt64
    }

    private struct Topic {
        var name: TopicName
        /// What came last.
        var place: Place?
        /// What came last by an earlier connection.
        var earlier: Place?
    }

    /// The longest frame that is taken.
    var limit = FrameLimits.beforeWelcome
    /// What this read brought.
    private(set) var arrivals: [Arrival] = []
    /// Frame bytes of those.
    private(set) var arrivalBytes = 0
    private(set) var control: [BrokerFrame] = []
    /// Deliveries of this read that an earlier connection had brought already.
    private(set) var skipped: [ClosedRange<UInt64>] = []

    private let connection: UInt64
    private var delivered: UInt64 = 0
    private var assembler = FrameAssembler()
    private var topics: [Topic] = []
    private var indices: [UInt32: Int] = [:]
    private var last: (id: UInt32, index: Int)?
    private var earlier: [TopicName: Place]

    /// - Parameters:
    ///   - connection: Marks what is delivered.
    ///   - earlier: Where reading stood when the connection before this one was lost.
    init(connection: UInt64, earlier: [TopicName: Place] = [:]) {
        self.connection = connection
        self.earlier = earlier
    }

    /// Where reading stands in each topic, earlier connections included.
    var places: [TopicName: Place] {
        var places = earlier
        for topic in topics {
            if let place = topic.place { places[topic.name] = place }
        }
        return places
    }

    /// Forgets where reading stood in topics that are no longer read: who subscribes anew means what it says.
    mutating func forget(_ patterns: [TopicPattern], keeping kept: [TopicPattern] = []) {
        guard !patterns.isEmpty else { return }
        let isForgotten = { (name: TopicName) in
            patterns.contains { $0.matches(name) } && !kept.contains { $0.matches(name) }
        }
        earlier = earlier.filter { !isForgotten($0.key) }
        for index in topics.indices where isForgotten(topics[index].name) {
            topics[index].place = nil
            topics[index].earlier = nil
        }
    }

    /// Takes a read apart. What the read before it brought must have been taken.
    ///
    /// - Throws: When these bytes can be nothing that a broker sends.
    mutating func receive(_ read: ByteBuffer) throws(FrameError) {
        var assembler = assembler
        self.assembler = FrameAssembler()
        defer { self.assembler = assembler }
        try assembler.receive(
            read,
            measure: { bytes throws(FrameError) in try FrameMeasure.native(bytes, limit: limit) },
            consume: { bytes throws(FrameError) in
                try consume(&bytes)
                return true
            })
    }

    mutating func takeArrivals() -> (arrivals: [Arrival], bytes: Int) {
        defer {
            arrivals = []
            arrivalBytes = 0
        }
        return (arrivals, arrivalBytes)
    }

    mutating func takeControl() -> (frames: [BrokerFrame], skipped: [ClosedRange<UInt64>]) {
        defer {
            control = []
            skipped = []
        }
        return (control, skipped)
    }

    private mutating func consume(_ bytes: inout ByteBuffer) throws(FrameError) {
        guard let header = FrameHeader(peeking: bytes), let frame = bytes.readSlice(length: header.frameLength) else {
            preconditionFailure("a frame is consumed before it was measured")
        }
        if header.type == BrokerOpcode.deliver.rawValue { return try deliver(frame, header) }
        // A type newer than the table is passed over.
        guard let decoded = try BrokerFrame(decoding: frame) else { return }
        switch decoded {
        case .welcome(let welcome):
            limit = max(limit, Int(welcome.maximumFrame))
            control.append(decoded)
        case .topic(_, let id, let text):
            try introduce(id, text)
            control.append(decoded)
        case .gap(let reason, let id, let first, let last):
            let topic = topics[try index(of: id)]
            arrivals.append(.gap(Gap(topic: topic.name, first: first, last: last, reason: reason)))
            arrivalBytes += header.frameLength
        default: control.append(decoded)
        }
    }

    private mutating func introduce(_ id: UInt32, _ text: String) throws(FrameError) {
        guard indices[id] == nil else { return }
        let name: TopicName
        do {
            name = try TopicName(text)
        } catch {
            throw FrameError(.badName, "the broker named a topic '\(text)': \(error)")
        }
        indices[id] = topics.count
        topics.append(Topic(name: name, earlier: earlier[name]))
    }

    private mutating func index(of id: UInt32) throws(FrameError) -> Int {
        if let last, last.id == id { return last.index }
        guard let index = indices[id] else {
            throw FrameError(.unknownTopic, "the broker used topic id \(id) before it announced it")
        }
        last = (id, index)
        return index
    }

    private mutating func deliver(_ frame: ByteBuffer, _ header: FrameHeader) throws(FrameError) {
        let start = frame.readerIndex
        let keyLength = Int(header.short)
        let payloadStart = start + MessageLayout.keyOffset + keyLength
        guard
            let id = frame.getInteger(at: start + MessageLayout.topicOffset, endianness: .little, as: UInt32.self),
            let sequence = frame.getInteger(
                at: start + MessageLayout.sequenceOffset, endianness: .little, as: UInt64.self),
            let timestamp = frame.getInteger(
                at: start + MessageLayout.timestampOffset, endianness: .little, as: UInt64.self),
            let key = frame.getSlice(at: start + MessageLayout.keyOffset, length: keyLength),
            let payload = frame.getSlice(at: payloadStart, length: frame.writerIndex - payloadStart)
        else {
            throw FrameError(.frameTooShort, "a DELIVER of \(header.frameLength) bytes is shorter than its fields need")
        }
        delivered += 1
        let index = try index(of: id)
        if let earlier = topics[index].earlier {
            // Both: a broker that was started anew counts from 1 again, but its clock goes on.
            if sequence <= earlier.sequence, timestamp <= earlier.timestamp { return skip() }
            topics[index].earlier = nil
        }
        topics[index].place = Place(sequence: sequence, timestamp: timestamp)
        let flags = MessageFlags(rawValue: header.flags)
        arrivals.append(
            .delivery(
                Delivery(
                    topic: topics[index].name, sequence: sequence, timestamp: timestamp,
                    key: keyLength > 0 || flags.contains(.emptyKey) ? key : nil, payload: payload,
                    hasHeaders: flags.contains(.headers), number: delivered, connection: connection)))
        arrivalBytes += header.frameLength
    }

    private mutating func skip() {
        if let last = skipped.last, last.upperBound + 1 == delivered {
            skipped[skipped.count - 1] = last.lowerBound...delivered
        } else {
            skipped.append(delivered...delivered)
        }
    }
}
