import ZaichikProtocol

/// The table of clients: what is lost comes right after the state, and goes last where there is little room.
enum ClientTable {
    private static let columns: [ClientFigure] = [
        .lostRate, .gapMessages, .lagMessages, .lagBytes, .oldestAge, .inFlightMessages, .window, .publishRate,
        .deliverRate, .commitRate,
    ]

    /// The columns that a narrow terminal shows first.
    private static let important: [String] = {
        let figures: [ClientFigure] = [
            .lagMessages, .gapMessages, .lostRate, .oldestAge, .commitRate, .deliverRate, .publishRate,
            .inFlightMessages, .window, .lagBytes,
        ]
        return ["name", "state"] + figures.map(\.name) + ["id", "host", "address", "pid", "program"]
    }()

    /// - Parameter labels: The names that tell the clients apart.
    static func make(_ rows: [ClientStatistics], labels: [String]) -> Table {
        var table = Table(
            head: ["id", "name", "state"] + columns.map(\.name) + ["program", "pid", "host", "address"],
            important: important)
        for (row, label) in zip(rows, labels) {
            table.rows.append(
                [.number(row.id), .text(label), .state(row.state)] + columns.map { .figure(row[$0], $0) }
                    + [.text(row.program), .text(row.pid), .text(row.host), .text(row.address)])
        }
        return table
    }
}
