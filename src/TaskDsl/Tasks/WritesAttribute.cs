using TaskDsl.Vocabulary;

namespace TaskDsl.Tasks;

/// <summary>
/// Says which outputs an <see cref="OutputFormat"/> can write: one field of one of these types that is never absent. The generated task
/// calls the record's methods <c>Write(utf8, value)</c>, <c>TryParse(utf8, out value, out error)</c> and <c>Grammar()</c>. Of a type with
/// labels, their table and the language stand before the value; of a field that is copied from a text, that text is the grammar's last
/// argument; of a choice, the record's <c>LetteredOptions</c> stand before the value and are the grammar's argument.
/// </summary>
/// <param name="types">The types in the YAML's words, as <c>list&lt;text&gt;</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class WritesAttribute(params string[] types) : FieldTypesAttribute(types);
