/// The zone that times are shown in.
enum ZoneText {
    /// `UTC`, or the distance from it, such as `UTC+5:30`.
    ///
    /// - Parameter offset: Seconds to the east of UTC.
    static func text(offset: Int) -> String {
        guard offset != 0 else { return "UTC" }
        let (hours, minutes) = (offset.magnitude / 3600, offset.magnitude / 60 % 60)
        let rest = minutes == 0 ? "" : minutes < 10 ? ":0\(minutes)" : ":\(minutes)"
        return "UTC\(offset < 0 ? "-" : "+")\(hours)\(rest)"
    }
}
