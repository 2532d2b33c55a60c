/// A field without content that keeps the struct around it in memory: it is handed on by address, never taken apart.
///
/// For a struct of hundreds of fields that cannot be copied. Without this, a method that only reads it gets all of them
/// as one value, which the compiler follows through every branch of the method: seconds for each such method, minutes
/// for the module.
@_rawLayout(size: 1, alignment: 1)
struct InPlace: ~Copyable {}
