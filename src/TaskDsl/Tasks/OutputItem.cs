namespace TaskDsl.Tasks;

/// <summary>
/// One comparable piece of an output: a label, a line, an entity, a JSON leaf. Metrics compare outputs of any type as
/// lists of items.
/// </summary>
/// <param name="Field">The path of the field, as <c>terms</c> or <c>buyer.name</c>; for an entity its kind is appended:
/// <c>facts/party</c>; of an element of a list that is more than one item, its place: <c>rows[1].name</c>.
/// </param>
/// <param name="Value">The value in invariant text; a label's key.</param>
public readonly record struct OutputItem(string Field, string Value);
