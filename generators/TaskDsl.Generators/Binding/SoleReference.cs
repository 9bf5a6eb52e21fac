using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Binding;

/// <summary>A reference that may be left out where it can mean one definition only: the only prompt of the task beside it.</summary>
public static class SoleReference
{
    /// <summary>Says of what such a property's reference must be; makes one without a name where the YAML gives none.</summary>
    /// <param name="property">Any property.</param>
    /// <param name="bound">The record's properties so far.</param>
    /// <param name="tried">The keys that the YAML gives, rightly or not.</param>
    /// <param name="references">The document's references.</param>
    public static void Tie(PropertyModel property, List<BoundProperty> bound, ICollection<string>? tried, List<BoundReference> references)
    {
        if (property.SoleOf is not { } beside || bound.Find(b => b.Property.Name == beside)?.Value is not BoundReference of)
            return;
        var at = bound.FindIndex(b => b.Property == property);
        if (at < 0 && tried?.Contains(property.Key) == true)
            return; // What is there is wrong, and has its own problem.
        var named = at < 0 ? null : (BoundReference)bound[at].Value;
        var tied = (named ?? new BoundReference(of.Scalar, property.Type.Document, "")) with { Of = of };
        if (named is not null)
        {
            bound.RemoveAt(at);
            references.Remove(named);
        }

        bound.Add(new BoundProperty(property, tied.Node, tied));
        references.Add(tied);
    }
}
