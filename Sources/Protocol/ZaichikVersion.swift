/// The version of everything in this package.
public enum ZaichikVersion {
    public static let string = "0.1.0"
}
