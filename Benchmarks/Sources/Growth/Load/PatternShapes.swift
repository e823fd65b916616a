/// Patterns of many shapes, of which a name matches few: what ten thousand clients with rules of their own ask for.
enum PatternShapes {
    /// The pattern with an index: an exact tail, a star in front, in the middle, at the end, and deep ones.
    static func pattern(_ index: Int) -> String {
        let number = index / shapes
        return switch index % shapes {
        case 0: "site\(number).>"
        case 1: "*.kind\(number).>"
        case 2: "site.*.unit\(number)"
        case 3: "site.floor\(number).*"
        case 4: "*.*.unit\(number)"
        case 5: "site.floor.*.*.unit\(number)"
        case 6: "*.floor\(number).*.end"
        case 7: "site.*.room.*.unit\(number).>"
        case 8: "*.*.*.unit\(number)"
        default: "area\(number).*.*"
        }
    }

    private static let shapes = 10

    /// The name of a topic to come, which some of the patterns match.
    static func name(_ index: Int) -> String {
        let number = 1 + index % 997
        return switch index % 4 {
        case 0: "site.floor\(number).unit\(index)"
        case 1: "place.kind\(number).unit\(index)"
        case 2: "site.hall\(index).unit\(number)"
        default: "site\(number).hall.room.unit\(index)"
        }
    }
}
