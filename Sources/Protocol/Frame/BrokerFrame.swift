import NIOCore

/// A frame that the broker sends.
public enum BrokerFrame: Equatable, Sendable {
    case ping(UInt64)
    case welcome(Welcome)
    case pong(UInt64)
    case goodbye(code: UInt16, reason: String)
    /// The layout of `detail` depends on the request.
    case ok(request: UInt32, detail: ByteBuffer)
    case error(code: UInt16, request: UInt32, message: String)
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

    public var opcode: BrokerOpcode {
        switch self {
        case .ping: .ping
        case .welcome: .welcome
        case .pong: .pong
        case .goodbye: .goodbye
        case .ok: .ok
        case .error: .error
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
        case .ping: self = .ping(try body.integer())
        case .welcome: self = .welcome(try Welcome(&body))
        case .pong: self = .pong(try body.integer())
        case .goodbye: self = .goodbye(code: header.short, reason: body.rest())
        case .ok: self = .ok(request: try body.integer(), detail: body.bytes)
        case .error: self = .error(code: header.short, request: try body.integer(), message: body.rest())
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
        case .topics:
            self = .topics(request: try body.integer(), page: try body.topicPage(), isLast: header.flags & 1 == 0)
        case .clients:
            self = .clients(request: try body.integer(), page: try body.clientPage(), isLast: header.flags & 1 == 0)
        case .client:
            self = .client(request: try body.integer(), try body.clientDetail(), isLast: header.flags & 1 == 0)
        case .statistics: self = .statistics(watch: try body.integer(), try StatisticsUpdate(&body))
        case .blocked:
            self = .blocked(header.short == 1, topicID: try body.integer(), waiting: try body.integer())
        case .topicDetail: self = .topicDetail(request: try body.integer(), try body.topicDetail())
        }
    }
}

extension BrokerFrame {
    /// Appends the frame's bytes.
    public func write(to buffer: inout ByteBuffer) {
        let type = opcode.rawValue
        switch self {
        case .ping(let token), .pong(let token), .confirm(let token):
            buffer.writeFrame(type: type) { $0.writeLittle(token) }
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
        case .topics, .clients, .client, .statistics, .topicDetail: writeRows(to: &buffer)
        }
    }

    private func writeRows(to buffer: inout ByteBuffer) {
        let type = opcode.rawValue
        switch self {
        case .topics(let request, let page, let isLast):
            buffer.writeFrame(type: type, flags: isLast ? 0 : 1) { buffer in
                buffer.writeLittle(request)
                buffer.writeTopics(page)
            }
        case .clients(let request, let page, let isLast):
            buffer.writeFrame(type: type, flags: isLast ? 0 : 1) { buffer in
                buffer.writeLittle(request)
                buffer.writeClients(page)
            }
        case .client(let request, let detail, let isLast):
            buffer.writeFrame(type: type, flags: isLast ? 0 : 1) { buffer in
                buffer.writeLittle(request)
                buffer.writeDetail(detail)
            }
        case .statistics(let watch, let update):
            buffer.writeFrame(type: type) { buffer in
                buffer.writeLittle(watch)
                update.write(to: &buffer)
            }
        case .topicDetail(let request, let detail):
            buffer.writeFrame(type: type) { buffer in
                buffer.writeLittle(request)
                buffer.writeTopicDetail(detail)
            }
        default: preconditionFailure("\(opcode.name) has no rows")
        }
    }
}
