/// Limits how much a log drops in one go: freeing memory takes time, and a backlog may have thousands of segments.
struct DropAllowance {
    private var segments = 64
    private var bytes = 4 << 20

    mutating func allows(_ segment: Segment) -> Bool {
        guard segments > 0, bytes > 0 else { return false }
        segments -= 1
        bytes -= segment.charged
        return true
    }
}
