import NIOCore

// The body of TOPIC DETAIL: docs/PROTOCOL.md, "TOPIC DETAIL".

extension FrameBody {
    mutating func topicDetail() throws(FrameError) -> TopicDetail {
        let topic = try row(TopicStatistics.init(row:))
        let readers = try page(TopicReader.init(row:))
        let publishers = try page(TopicPublisher.init(row:))
        return TopicDetail(
            topic: topic, readers: readers, publishers: publishers, pause: detailFields().pause)
    }
}

extension ByteBuffer {
    mutating func writeTopicDetail(_ detail: TopicDetail) {
        writeRow(detail.topic.writeRow)
        writePage(detail.readers) { $0.writeRow(to: &$1) }
        writePage(detail.publishers) { $0.writeRow(to: &$1) }
        writeField(detail.pause)
    }
}

extension TopicReader {
    init(row body: inout FrameBody) throws(FrameError) {
        self.init()
        id = try body.integer()
        state = ClientState(rawValue: try body.integer()) ?? .idle
        isHolding = try body.integer(UInt8.self) & 1 == 1
        name = try body.shortString()
        figures = try body.figures()
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeLittle(id)
        buffer.writeInteger(state.rawValue)
        buffer.writeInteger(UInt8(isHolding ? 1 : 0))
        buffer.writeShortString(name)
        buffer.writeFigures(figures)
    }
}

extension TopicPublisher {
    init(row body: inout FrameBody) throws(FrameError) {
        self.init()
        id = try body.integer()
        name = try body.shortString()
        figures = try body.figures()
    }

    func writeRow(to buffer: inout ByteBuffer) {
        buffer.writeLittle(id)
        buffer.writeShortString(name)
        buffer.writeFigures(figures)
    }
}
