import NIOCore

/// A frame that the broker sends.
public enum BrokerFrame: Equatable, Sendable {
    case ping(UInt64, atOnce: Bool = false)
    case welcome(Welcome)
    /// `atOnce`: whether the PING wanted a sign of life; else this is a barrier.
    case pong(UInt64, atOnce: Bool = false)
    case goodbye(code: UInt16, reason: String)
    /// The layout of `detail` depends on the request.
    case ok(request: UInt32, detail: ByteBuffer)
    case error(code: UInt16, request: UInt32, message: String)
    /// How long the client is to stay away after the GOODBYE that follows.
    case retryAfter(milliseconds: UInt64)
    case confirm(UInt64)
    case reject(code: UInt16, publish: UInt64, message: String)
    /// `request` is 0 if the client did not ask: then it precedes the first delivery from the topic.
    /// `incarnation` is nil if the broker does not know of incarnations.
    case topic(request: UInt32, id: UInt32, name: String, incarnation: UInt64? = nil)
    case receipt(PublishOutcome, publish: UInt64, topicID: UInt32, sequence: UInt64, queues: UInt32)
    case deliver(Message)
    case gap(GapReason, topicID: UInt32, first: UInt64, last: UInt64)
    /// One page of the answer to LIST TOPICS.
    case topics(request: UInt32, page: RowPage<TopicStatistics>, isLast: Bool)
    /// One page of the answer to LIST CLIENTS.
    case clients(request: UInt32, page: RowPage<ClientStatistics>, isLast: Bool)
    /// One page of the answer to INSPECT CLIENT: the topics continue on the next one.
    case client(request: UInt32, ClientDetail, isLast: Bool)
    case statistics(watch: UInt32, StatisticsUpdate)
    /// Publishes of this connection to a topic wait for room, or no longer wait.
    case blocked(Bool, topicID: UInt32, waiting: UInt64)
    /// The answer to INSPECT TOPIC.
    case topicDetail(request: UInt32, TopicDetail)
    /// A transaction did not happen. `index` counts from 0, ranges or publishes.
    case aborted(code: UInt16, request: UInt32, TransactionPart, index: UInt32, message: String)
    /// The topic was deleted.
    case topicGone(topicID: UInt32)
    case redelivery(Redelivery)
    /// One page of the answer to LIST SESSIONS.
    case sessions(request: UInt32, page: RowPage<SessionStatistics>, isLast: Bool)
    /// One page of the answer to INSPECT SESSION: its lists continue on the next one.
    case sessionDetail(request: UInt32, SessionDetail, isLast: Bool)
    /// One page of the answer to LIST PARKED.
    case parked(request: UInt32, page: RowPage<ParkedMessage>, isLast: Bool)
    /// The answer to ACT.
    case acted(request: UInt32, Acted)
    /// One page of the answer to PEEK.
    case peeked(request: UInt32, page: RowPage<PeekedMessage>, isLast: Bool)
    /// Of CLOSED, one page.
    case observed(request: UInt32, ObservationAnswer, isLast: Bool = true)

    public var opcode: BrokerOpcode {
        switch self {
        case .ping: .ping
        case .welcome: .welcome
        case .pong: .pong
        case .goodbye: .goodbye
        case .ok: .ok
        case .error: .error
        case .retryAfter: .retryAfter
        case .confirm: .confirm
        case .reject: .reject
        case .topic: .topic
        case .receipt: .receipt
        case .deliver: .deliver
        case .gap: .gap
        case .topics: .topics
        case .clients: .clients
        case .client: .client
        case .statistics: .statistics
        case .blocked: .blocked
        case .topicDetail: .topicDetail
        case .aborted: .aborted
        case .topicGone: .topicGone
        case .redelivery: .redelivery
        case .sessions: .sessions
        case .sessionDetail: .sessionDetail
        case .parked: .parked
        case .acted: .acted
        case .peeked: .peeked
        case .observed(_, let answer, _): answer.opcode
        }
    }

    /// Decodes one whole frame. nil if its type is newer than this table: readers skip such frames.
    public init?(decoding frame: ByteBuffer) throws(FrameError) {
        guard let header = FrameHeader(peeking: frame) else {
            throw FrameError(.frameTooShort, "a frame has at least \(FrameHeader.size) bytes")
        }
        guard let opcode = BrokerOpcode(rawValue: header.type) else { return nil }
        var body = FrameBody(frame, header: header, name: opcode.name)
        switch opcode {
        case .ping: self = .ping(try body.integer(), atOnce: header.isAtOnce)
        case .welcome: self = .welcome(try Welcome(&body))
        case .pong: self = .pong(try body.integer(), atOnce: header.isAtOnce)
        case .goodbye: self = .goodbye(code: header.short, reason: body.rest())
        case .ok: self = .ok(request: try body.integer(), detail: body.bytes)
        case .error: self = .error(code: header.short, request: try body.integer(), message: body.rest())
        case .retryAfter: self = .retryAfter(milliseconds: try body.integer())
        case .confirm: self = .confirm(try body.integer())
        case .reject: self = .reject(code: header.short, publish: try body.integer(), message: body.rest())
        case .topic:
            self = .topic(
                request: try body.integer(), id: try body.integer(), name: try body.string(Int(header.short)),
                incarnation: try body.fields().number(TopicField.incarnation.rawValue))
        case .receipt:
            guard let outcome = PublishOutcome(rawValue: header.short) else {
                throw body.badArgument("outcome \(header.short) is none that this reader knows")
            }
            self = .receipt(
                outcome, publish: try body.integer(), topicID: try body.integer(), sequence: try body.integer(),
                queues: try body.integer())
        case .deliver: self = .deliver(try Message(&body))
        case .gap:
            self = .gap(
                GapReason(rawValue: header.short) ?? .moved, topicID: try body.integer(), first: try body.integer(),
                last: try body.integer())
        case .statistics: self = .statistics(watch: try body.integer(), try StatisticsUpdate(&body))
        case .blocked:
            self = .blocked(header.short == 1, topicID: try body.integer(), waiting: try body.integer())
        case .topicDetail: self = .topicDetail(request: try body.integer(), try body.topicDetail())
        case .aborted: self = try .aborted(&body)
        case .topicGone: self = .topicGone(topicID: try body.integer())
        case .redelivery: self = .redelivery(try Redelivery(&body))
        case .acted: self = .acted(request: try body.integer(), try Acted(&body))
        case .topics, .clients, .client, .sessions, .sessionDetail, .parked, .peeked, .closed, .history, .lagShares:
            self = try .rows(opcode, &body)
        }
    }

    private static func aborted(_ body: inout FrameBody) throws(FrameError) -> BrokerFrame {
        let request: UInt32 = try body.integer()
        let number: UInt8 = try body.integer()
        guard let part = TransactionPart(rawValue: number) else {
            throw body.badArgument("part \(number) is none that this reader knows")
        }
        try body.skip(3)
        let index: UInt32 = try body.integer()
        return .aborted(code: body.header.short, request: request, part, index: index, message: body.rest())
    }
}

extension BrokerFrame {
    /// Appends the frame's bytes.
    public func write(to buffer: inout ByteBuffer) {
        let type = opcode.rawValue
        switch self {
        case .ping(let token, let atOnce), .pong(let token, let atOnce):
            buffer.writeFrame(type: type, flags: atOnce ? PingFlags.atOnce : 0) { $0.writeLittle(token) }
        case .confirm(let count), .retryAfter(let count): buffer.writeFrame(type: type) { $0.writeLittle(count) }
        case .welcome(let welcome): welcome.write(to: &buffer)
        case .goodbye(let code, let reason):
            buffer.writeFrame(type: type, short: Int(code)) { $0.writeString(reason) }
        case .ok(let request, let detail):
            buffer.writeFrame(type: type) { buffer in
                buffer.writeLittle(request)
                buffer.writeImmutableBuffer(detail)
            }
        case .error(let code, let request, let message):
            buffer.writeFrame(type: type, short: Int(code)) { buffer in
                buffer.writeLittle(request)
                buffer.writeString(message)
            }
        case .reject(let code, let publish, let message):
            buffer.writeFrame(type: type, short: Int(code)) { buffer in
                buffer.writeLittle(publish)
                buffer.writeString(message)
            }
        case .topic(let request, let id, let name, let incarnation):
            buffer.writeFrame(type: type, short: name.utf8.count) { buffer in
                buffer.writeLittle(request)
                buffer.writeLittle(id)
                buffer.writeString(name)
                buffer.writeField(TopicField.incarnation.rawValue, incarnation)
            }
        case .receipt(let outcome, let publish, let topicID, let sequence, let queues):
            buffer.writeFrame(type: type, short: Int(outcome.rawValue)) { buffer in
                buffer.writeLittle(publish)
                buffer.writeLittle(topicID)
                buffer.writeLittle(sequence)
                buffer.writeLittle(queues)
            }
        case .deliver(let message): message.write(to: &buffer, type: type)
        case .gap(let reason, let topicID, let first, let last):
            buffer.writeFrame(type: type, short: Int(reason.rawValue)) { buffer in
                buffer.writeLittle(topicID)
                buffer.writeLittle(first)
                buffer.writeLittle(last)
            }
        case .blocked(let blocked, let topicID, let waiting):
            buffer.writeFrame(type: type, short: blocked ? 1 : 0) { buffer in
                buffer.writeLittle(topicID)
                buffer.writeLittle(waiting)
            }
        case .aborted: writeAborted(to: &buffer)
        case .topicGone(let topicID): buffer.writeFrame(type: type) { $0.writeLittle(topicID) }
        case .redelivery(let redelivery): redelivery.write(to: &buffer)
        case .acted(let request, let acted): acted.write(to: &buffer, request: request)
        case .topics, .clients, .client, .statistics, .topicDetail, .sessions, .sessionDetail, .parked, .peeked,
            .observed:
            writeRows(to: &buffer)
        }
    }

    private func writeAborted(to buffer: inout ByteBuffer) {
        guard case .aborted(let code, let request, let part, let index, let message) = self else { return }
        buffer.writeFrame(type: opcode.rawValue, short: Int(code)) { buffer in
            buffer.writeLittle(request)
            buffer.writeLittle(UInt32(part.rawValue))
            buffer.writeLittle(index)
            buffer.writeString(message)
        }
    }
}
