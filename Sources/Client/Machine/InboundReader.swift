import NIOCore
import ZaichikProtocol

/// Takes the broker's bytes apart: into one batch of deliveries and gaps for each read, and frames for the rest.
struct InboundReader {
    private struct AnnouncedDelivery: Hashable {
        var topicID: UInt32
        var sequence: UInt64
    }

    private struct Topic {
        var name: TopicName
        var incarnation: UInt64?
        var continuity: TopicContinuity
    }

    /// The longest frame that is taken.
    var limit = FrameLimits.beforeWelcome
    /// The deliveries and gaps of this read.
    private(set) var arrivals: [Arrival] = []
    /// Their frames' bytes.
    private(set) var arrivalBytes = 0
    private(set) var control: [BrokerFrame] = []
    /// Deliveries of this read that are not handed on, by their numbers: an earlier connection had brought them already, or
    /// this version does not know their type.
    private(set) var skipped: [ClosedRange<UInt64>] = []
    /// How many deliveries of this connection were of messages that had been delivered before.
    private(set) var redelivered: UInt64 = 0
    /// Topics that this read says are deleted.
    private(set) var gone: [TopicName] = []

    private let connection: UInt64
    private let origin: DeliveryOrigin
    private let session: UInt64?
    private var delivered: UInt64 = 0
    private var assembler = FrameAssembler()
    private var topics: [Topic] = []
    private var indices: [UInt32: Int] = [:]
    private var last: (id: UInt32, index: Int)?
    private var earlier: [TopicName: ReadPosition]
    /// Whether this client has to find out by itself what comes twice or is missing after a reconnect. In a session that
    /// goes on the broker knows.
    private var joinsEarlier = true
    /// The deliveries that the broker has announced as coming again, by topic and sequence.
    private var announced: [AnnouncedDelivery: Redelivery] = [:]

    /// - Parameters:
    ///   - connection: Marks what is delivered.
    ///   - earlier: How far reading had come when the connection before this one was lost.
    ///   - session: The incarnation of the session that the connection before had.
    ///   - core: Settles what is delivered.
    init(
        connection: UInt64, earlier: [TopicName: ReadPosition] = [:], session: UInt64? = nil, core: ClientCore? = nil
    ) {
        self.connection = connection
        self.earlier = earlier
        self.session = session
        origin = DeliveryOrigin(core: core)
    }

    /// How far reading has come in each topic, earlier connections included.
    var positions: [TopicName: ReadPosition] {
        var positions = earlier
        for topic in topics {
            if let position = topic.continuity.position { positions[topic.name] = position }
        }
        return positions
    }

    /// Forgets how far reading has come in topics that are no longer read: a later subscription starts where it says.
    mutating func forget(_ patterns: [TopicPattern], keeping kept: [TopicPattern] = []) {
        guard !patterns.isEmpty else { return }
        let isForgotten = { (name: TopicName) in
            patterns.contains { $0.matches(name) } && !kept.contains { $0.matches(name) }
        }
        earlier = earlier.filter { !isForgotten($0.key) }
        for index in topics.indices where isForgotten(topics[index].name) {
            topics[index].continuity.forget()
        }
    }

    /// Takes a read apart. The results of the read before must have been taken.
    ///
    /// - Throws: If a broker cannot have sent these bytes.
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

    mutating func takeControl() -> (frames: [BrokerFrame], skipped: [ClosedRange<UInt64>], gone: [TopicName]) {
        defer {
            control = []
            skipped = []
            gone = []
        }
        return (control, skipped, gone)
    }

    private mutating func consume(_ bytes: inout ByteBuffer) throws(FrameError) {
        guard let header = FrameHeader(peeking: bytes), let frame = bytes.readSlice(length: header.frameLength) else {
            preconditionFailure("a frame is consumed before it was measured")
        }
        if header.type == BrokerOpcode.deliver.rawValue { return try deliver(frame, header) }
        if BrokerOpcode.countedTypes.contains(header.type) {
            delivered += 1
            return passOver()
        }
        // A type newer than the table is passed over.
        guard let decoded = try BrokerFrame(decoding: frame) else { return }
        switch decoded {
        case .welcome(let welcome):
            limit = max(limit, Int(welcome.maximumFrame))
            joinsEarlier = !welcome.continues(session)
            control.append(decoded)
        case .topic(_, let id, let text, let incarnation):
            try introduce(id, text, incarnation)
            control.append(decoded)
        case .gap(let reason, let id, let first, let last):
            try skip(first, last, reason, topicID: id)
            arrivalBytes += header.frameLength
        case .redelivery(let redelivery):
            announced[AnnouncedDelivery(topicID: redelivery.topicID, sequence: redelivery.sequence)] = redelivery
        case .topicGone(let id): try end(id)
        default: control.append(decoded)
        }
    }

    private mutating func introduce(_ id: UInt32, _ text: String, _ incarnation: UInt64?) throws(FrameError) {
        guard indices[id] == nil else { return }
        let name: TopicName
        do {
            name = try TopicName(text)
        } catch {
            throw FrameError(.badName, "the broker named a topic '\(text)': \(error)")
        }
        indices[id] = topics.count
        topics.append(
            Topic(
                name: name, incarnation: incarnation,
                continuity: TopicContinuity(incarnation: incarnation, earlier: joinsEarlier ? earlier[name] : nil)))
    }

    /// A topic is deleted: what has its name later is another one.
    private mutating func end(_ id: UInt32) throws(FrameError) {
        let index = try index(of: id)
        topics[index].continuity.forget()
        earlier[topics[index].name] = nil
        gone.append(topics[index].name)
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
        let again =
            announced.isEmpty
            ? nil : announced.removeValue(forKey: AnnouncedDelivery(topicID: id, sequence: sequence))
        if again != nil { redelivered += 1 }
        switch topics[index].continuity.deliver(sequence, timestamp: timestamp, isAgain: again != nil) {
        case .repeated: return passOver()
        case .new(let missing): tell(missing, .expired, topics[index].name)
        }
        let flags = MessageFlags(rawValue: header.flags)
        arrivals.append(
            .delivery(
                Delivery(
                    topic: topics[index].name, sequence: sequence, timestamp: timestamp,
                    key: keyLength > 0 || flags.contains(.emptyKey) ? key : nil, payload: payload,
                    hasHeaders: flags.contains(.headers), incarnation: topics[index].incarnation, number: delivered,
                    connection: connection, redelivery: again, origin: origin,
                    isTraced: flags.contains(.trace))))
        arrivalBytes += header.frameLength
    }

    private mutating func skip(
        _ first: UInt64, _ last: UInt64, _ reason: GapReason, topicID: UInt32
    ) throws(FrameError) {
        let index = try index(of: topicID)
        guard first <= last else {
            throw FrameError(.badArgument, "a GAP reaches from sequence \(first) back to \(last)")
        }
        let (missing, gap) = topics[index].continuity.skip(first...last)
        tell(missing, .expired, topics[index].name)
        tell(gap, reason, topics[index].name)
    }

    private mutating func tell(_ missing: ClosedRange<UInt64>?, _ reason: GapReason, _ topic: TopicName) {
        guard let missing else { return }
        arrivals.append(
            .gap(Gap(topic: topic, first: missing.lowerBound, last: missing.upperBound, reason: reason)))
    }

    /// Counts the last delivery as one that is not handed on.
    private mutating func passOver() {
        if let last = skipped.last, last.upperBound + 1 == delivered {
            skipped[skipped.count - 1] = last.lowerBound...delivered
        } else {
            skipped.append(delivered...delivered)
        }
    }
}
