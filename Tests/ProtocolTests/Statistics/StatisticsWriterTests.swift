import NIOCore
import Testing

@testable import ZaichikProtocol

@Suite("A STATISTICS frame written a few rows at a time")
struct StatisticsWriterTests {
    @Test(
        "it has the bytes of the frame written at once",
        arguments: [(nil, nil), (0, nil), (nil, 0), (3, nil), (nil, 2), (0, 2), (3, 0), (3, 2)] as [(Int?, Int?)])
    func sameBytes(clients: Int?, topics: Int?) {
        let update = StatisticsUpdate(
            time: 9, broker: BrokerStatistics { UInt64($0.rawValue) },
            clients: clients.map { count in
                RowPage(
                    rows: (0..<count).map { id in
                        var row = ClientStatistics()
                        row.id = UInt64(id)
                        row.name = "hare \(id)"
                        return row
                    }, matching: 70)
            },
            topics: topics.map { count in
                RowPage(
                    rows: (0..<count).map { id in
                        var row = TopicStatistics()
                        row.id = UInt32(id)
                        return row
                    }, matching: 80)
            })
        var writer = StatisticsWriter(
            watch: 5, time: update.time, broker: update.broker,
            clients: clients.map { .init(rows: $0, matching: 70) }, topics: topics.map { .init(rows: $0, matching: 80) }
        )
        for row in update.clients?.rows ?? [] { writer.append(row) }
        for row in update.topics?.rows ?? [] { writer.append(row) }
        var whole = ByteBuffer()
        BrokerFrame.statistics(watch: 5, update).write(to: &whole)
        #expect(writer.finish() == whole)
    }
}
