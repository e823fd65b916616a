import ZaichikProtocol

/// Bounds of what is gathered and sent.
enum Observation {
    /// More bytes than a row has: texts of up to 255 bytes and their figures.
    static let longestRow = 2048
    /// More rows than this are not gathered for one answer.
    static let mostRows = PeerLimits.listRows
    /// More rows than this are not sent at once, so that a page is made and encoded in a fraction of a millisecond.
    static let mostRowsAPage = 32
    /// Memory that the row of a client takes, about, in bytes: its texts, and its figures in a block of their own.
    static let keptClientRow = 512
    /// Memory that the row of a topic of a client takes, about, in bytes.
    static let keptTopicRow = 192

    /// Rows on a page: pages are cut at half of what a frame may have, so that a row more always fits.
    static func rowsAPage(frameLimit: Int) -> Int { min(max(frameLimit / 2 / longestRow, 1), mostRowsAPage) }

    /// Rows of a kind in an update, which is one frame with two kinds of rows.
    static func rowsAnUpdate(frameLimit: Int) -> Int { frameLimit / 4 / longestRow }
}
