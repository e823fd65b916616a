/// Figures for the columns of a table: never wider than five characters, aligned by their decimal.
public enum NarrowFigure {
    /// `0` to `9999`, then `12.8k`, `1.3M`.
    public static func count(_ value: UInt64) -> String {
        guard value >= 10_000, let scaled = Scaled(value, by: 1000) else { return String(value) }
        return scaled.aligned + ["k", "M", "G", "T", "P", "E"][scaled.unit]
    }

    /// Powers of 1024: `512`, `1.2K`, `120M`.
    public static func bytes(_ value: UInt64) -> String {
        guard let scaled = Scaled(value, by: 1024) else { return String(value) }
        return scaled.aligned + ["K", "M", "G", "T", "P", "E"][scaled.unit]
    }
}
