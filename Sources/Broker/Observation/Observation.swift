import ZaichikProtocol

/// Bounds on what is gathered and sent.
enum Observation {
    /// An upper bound on the bytes of a row: texts of up to 255 bytes, and the figures.
    static let longestRow = 2560
    /// What an update, which is one frame, has room for: more than the longest row, so that rows can grow.
    private static let roomOfRow = 4096
    /// The most rows that are gathered for one answer.
    static let mostRows = PeerLimits.listRows
    /// The most rows on a page, so that it is made and encoded in a fraction of a millisecond.
    static let mostRowsAPage = 32
    /// Approximate memory of the row of a client, in bytes: its texts, and its figures in a block of their own.
    static let keptClientRow = 512
    /// Approximate memory of the row of a client's topic, in bytes.
    static let keptTopicRow = 192

    /// Approximate memory of the row of a parked message, in bytes.
    static let keptParkedRow = 1024

    /// Approximate memory of a history that waits to be sent, in bytes.
    static let keptHistory = 16 << 10

    /// Rows on a page: pages are cut at half of what a frame may have, so that one more row always fits.
    static func rowsAPage(frameLimit: Int) -> Int { min(max(frameLimit / 2 / longestRow, 1), mostRowsAPage) }

    /// Readers, and publishers, in the detail of a topic, which is one frame.
    static func rowsOfDetail(frameLimit: Int) -> Int {
        min(max(frameLimit / 4 / longestRow, 1), PeerLimits.detailRows)
    }

    /// Rows of a kind in an update, which is one frame with two kinds of rows.
    static func rowsAnUpdate(frameLimit: Int) -> Int { frameLimit / 2 / roomOfRow }
}
