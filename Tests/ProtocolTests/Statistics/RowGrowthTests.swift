import NIOCore
import Testing
import ZaichikProtocol

/// Rows written by hand, as a peer with a longer or a shorter table would.
@Suite("Rows and figures that grow")
struct RowGrowthTests {
    @Test("figures that a newer broker appended are passed over", arguments: [0, 1, 14, 15, 16, 19, 20, 21, 255])
    func figureCounts(count: Int) throws {
        let row = try topicRow(figures: count)
        for figure in TopicFigure.allCases {
            #expect(row[figure] == (figure.rawValue < count ? UInt64(figure.rawValue) + 100 : 0))
        }
    }

    @Test("bytes that a newer broker put behind a row are passed over", arguments: [0, 1, 200])
    func trailingBytes(count: Int) throws {
        let row = try topicRow(figures: 15, trailing: count)
        #expect(row.name == "hello")
        #expect(row[.lastPublishAge] == 114)
    }

    @Test("settings that a newer broker has are passed over, those that an older one lacks have their defaults")
    func settings() throws {
        let row = try topicRow(figures: 1, settings: [(200, 5), (1, 60_000), (5, 99)])
        #expect(row.settings.retention == 60_000)
        #expect(row.settings.overflow == .drop)
        #expect(row.settings.limit == TopicSettings().limit)
    }

    @Test("a state and a dialect that are newer than the reader do not lose the row")
    func unknownState() throws {
        var row = number(UInt64(12))
        row.writeBytes([9, 200])
        for _ in 0..<6 { row.writeBytes([1, 0x61]) }
        row.writeBytes([0])
        let frame = try page(.clients, rows: [row])
        guard case .clients(_, let page, _)? = frame else { throw Unexpected(frame) }
        #expect(page.rows.map(\.id) == [12])
        #expect(page.rows.map(\.state) == [.idle])
    }

    @Test("a row that says it is longer than the frame is an error")
    func rowPastFrame() throws {
        let good = BrokerFrame.topics(request: 1, page: Samples.topicPage, isLast: true).bytes
        for length in [UInt16.max, UInt16(good.readableBytes)] {
            var bad = good
            bad.setInteger(length, at: 20, endianness: .little)
            #expect(throws: FrameError.self) { try BrokerFrame(decoding: bad) }
        }
    }

    @Test("a row that says it is shorter than its fields is an error")
    func rowTooShort() throws {
        for length in [UInt16(0), 5, 100] {
            var bad = BrokerFrame.topics(request: 1, page: Samples.topicPage, isLast: true).bytes
            bad.setInteger(length, at: 20, endianness: .little)
            #expect(throws: FrameError.self) { try BrokerFrame(decoding: bad) }
        }
    }

    @Test("a count of rows that are not there is an error and takes no memory")
    func countPastFrame() {
        let empty = frame(type: BrokerOpcode.clients.rawValue, body: bytes("01000000 00000000 ffffffff"))
        #expect(throws: FrameError.self) { try BrokerFrame(decoding: empty) }
    }

    @Test(
        "every prefix of every page is an error, never a trap",
        arguments: [
            BrokerFrame.topics(request: 1, page: Samples.topicPage, isLast: true),
            .client(request: 1, Samples.detail, isLast: true), .topicDetail(request: 1, Samples.topicDetail),
            .sessionDetail(request: 1, Samples.sessionDetail, isLast: true),
            .parked(request: 1, page: RowPage(rows: [Samples.parked], matching: 1), isLast: true),
            .statistics(watch: 1, StatisticsUpdate(time: 1, broker: Samples.figures(), clients: Samples.clientPage)),
        ])
    func cutPages(frame: BrokerFrame) {
        let body = frame.bytes.frameBody
        for length in 0..<body.readableBytes {
            #expect(throws: FrameError.self) {
                try BrokerFrame(decoding: frame.bytes.withBody(body.piece(0, length)))
            }
        }
    }

    private struct Unexpected: Error {
        let frame: BrokerFrame?
        init(_ frame: BrokerFrame?) { self.frame = frame }
    }

    private func number<T: FixedWidthInteger>(_ value: T) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(value, endianness: .little)
        return buffer
    }

    private func page(_ opcode: BrokerOpcode, rows: [ByteBuffer]) throws -> BrokerFrame? {
        var body = bytes("01000000 09000000")
        body.writeInteger(UInt32(rows.count), endianness: .little)
        for row in rows {
            body.writeInteger(UInt16(row.readableBytes), endianness: .little)
            body.writeImmutableBuffer(row)
        }
        return try BrokerFrame(decoding: frame(type: opcode.rawValue, body: body))
    }

    /// Decodes a page with this row before another one, which must still be found.
    private func topicRow(
        figures: Int, settings: [(UInt8, UInt64)] = [], trailing: Int = 0
    ) throws -> TopicStatistics {
        var row = bytes("07000000 05 68656c6c6f")
        row.writeInteger(UInt8(settings.count))
        for (tag, value) in settings {
            row.writeInteger(tag)
            row.writeInteger(value, endianness: .little)
        }
        row.writeInteger(UInt8(figures))
        for place in 0..<figures { row.writeInteger(UInt64(place) + 100, endianness: .little) }
        row.writeBytes(Array(repeating: 0xEE, count: trailing))
        let last = bytes("08000000 01 7a 00 00")
        let frame = try page(.topics, rows: [row, last])
        guard case .topics(1, let page, true)? = frame, page.rows.count == 2, page.matching == 9 else {
            throw Unexpected(frame)
        }
        #expect(page.rows[1].name == "z")
        return page.rows[0]
    }
}
