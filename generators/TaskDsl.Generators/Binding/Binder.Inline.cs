using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

// What stands beside a record's own properties.
public sealed partial class Binder
{
    /// <summary>Binds an entry that is no property of the record itself; false where it is nothing that may stand beside them.</summary>
    private bool BindInline(InlineEntries inline, YamlScalar key, YamlNode node, List<BoundProperty> bound, HashSet<string> tried)
    {
        if (inline.Choice?.Keywords.FirstOrDefault(k => k.Word == key.Value) is { } word)
        {
            var record = Record(word);
            if (!tried.Add(inline.Property!.Key))
                Report(Rules.WrongType, key, $"a second word '{key.Value}'", $"one {inline.Choice.Label} alone");
            else if ((node is YamlScalar { IsNull: true } ? Complete(node, record, []) : BindRecord(node, record)) is { } value)
                bound.Add(new BoundProperty(inline.Property, key, value));
            return true;
        }

        if (inline.Changed(key.Value) is not { } changed)
            return false;
        if (Bind(node, changed.Type, changed) is { } other)
        {
            Check(changed, other);
            inline.Add(new BoundProperty(changed, key, other));
        }

        return true;
    }
}
