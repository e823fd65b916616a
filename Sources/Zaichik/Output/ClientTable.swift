import ZaichikProtocol
import ZaichikWords

/// The table of clients: what is lost comes right after the state, and goes last where there is little room.
enum ClientTable {
    private static let columns: [ClientFigure] = [
        .lostRate, .gapMessages, .lagMessages, .lagBytes, .oldestAge, .inFlightMessages, .window, .publishRate,
        .deliverRate, .commitRate, .returnedMessages, .parkedMessages, .absentSince, .expiresAt,
    ]

    /// The columns that a narrow terminal shows first.
    private static let important: [String] = {
        let figures: [ClientFigure] = [
            .lagMessages, .gapMessages, .lostRate, .oldestAge, .commitRate, .deliverRate, .publishRate,
            .inFlightMessages, .window, .lagBytes, .expiresAt, .parkedMessages, .absentSince, .returnedMessages,
        ]
        return ["name", "state"] + figures.map(\.name) + ["id", "session", "host", "address", "pid", "program"]
    }()

    /// - Parameters:
    ///   - labels: The names that tell the clients apart.
    ///   - time: Writes a time in µs since 1970 UTC.
    static func make(
        _ rows: [ClientStatistics], labels: [String], time: (UInt64) -> String = { TimeText.text($0) }
    ) -> Table {
        var table = Table(
            head: ["id", "name", "state"] + columns.map(\.name) + ["session", "program", "pid", "host", "address"],
            important: important)
        for (row, label) in zip(rows, labels) {
            table.rows.append(
                [.number(row.id), .text(label), .state(row.state)] + columns.map { .figure(row[$0], $0, time) }
                    + [.text(row.session), .text(row.program), .text(row.pid), .text(row.host), .text(row.address)])
        }
        return table
    }
}
