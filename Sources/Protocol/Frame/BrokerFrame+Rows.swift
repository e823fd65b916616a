import NIOCore

// Frames with rows, most of which come in pages: flag bit 0 says that more follow.
extension BrokerFrame {
    private static let morePages: UInt8 = 1

    /// Decodes the body of one page.
    static func rows(_ opcode: BrokerOpcode, _ body: inout FrameBody) throws(FrameError) -> BrokerFrame {
        let request: UInt32 = try body.integer()
        let isLast = body.header.flags & morePages == 0
        switch opcode {
        case .topics: return .topics(request: request, page: try body.topicPage(), isLast: isLast)
        case .clients: return .clients(request: request, page: try body.clientPage(), isLast: isLast)
        case .client: return .client(request: request, try body.clientDetail(), isLast: isLast)
        case .sessions:
            return .sessions(request: request, page: try body.page(SessionStatistics.init(row:)), isLast: isLast)
        case .sessionDetail: return .sessionDetail(request: request, try body.sessionDetail(), isLast: isLast)
        case .parked: return .parked(request: request, page: try body.page(ParkedMessage.init(row:)), isLast: isLast)
        case .peeked: return .peeked(request: request, page: try body.page(PeekedMessage.init(row:)), isLast: isLast)
        case .closed, .history, .lagShares:
            return .observed(request: request, try .decode(opcode, &body), isLast: isLast)
        default: preconditionFailure("\(opcode.name) has no pages")
        }
    }

    func writeRows(to buffer: inout ByteBuffer) {
        switch self {
        case .topics(let request, let page, let isLast):
            writePage(request, isLast, to: &buffer) { $0.writeTopics(page) }
        case .clients(let request, let page, let isLast):
            writePage(request, isLast, to: &buffer) { $0.writeClients(page) }
        case .client(let request, let detail, let isLast):
            writePage(request, isLast, to: &buffer) { $0.writeDetail(detail) }
        case .statistics(let watch, let update): writePage(watch, true, to: &buffer, update.write)
        case .topicDetail(let request, let detail):
            writePage(request, true, to: &buffer) { $0.writeTopicDetail(detail) }
        case .sessions(let request, let page, let isLast):
            writePage(request, isLast, to: &buffer) { $0.writePage(page) { $0.writeRow(to: &$1) } }
        case .sessionDetail(let request, let detail, let isLast):
            writePage(request, isLast, to: &buffer) { $0.writeSessionDetail(detail) }
        case .parked(let request, let page, let isLast):
            writePage(request, isLast, to: &buffer) { $0.writePage(page) { $0.writeRow(to: &$1) } }
        case .peeked(let request, let page, let isLast):
            writePage(request, isLast, to: &buffer) { $0.writePage(page) { $0.writeRow(to: &$1) } }
        case .observed(let request, let answer, let isLast):
            writePage(request, isLast, to: &buffer, answer.write)
        default: preconditionFailure("\(opcode.name) has no rows")
        }
    }

    private func writePage(
        _ request: UInt32, _ isLast: Bool, to buffer: inout ByteBuffer, _ rows: (inout ByteBuffer) -> Void
    ) {
        buffer.writeFrame(type: opcode.rawValue, flags: isLast ? 0 : Self.morePages) { buffer in
            buffer.writeLittle(request)
            rows(&buffer)
        }
    }
}
