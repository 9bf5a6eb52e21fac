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
        if (property.SoleOf is not { } beside || bound.Find(b => b.Property.Name == beside)?.Value is not { } whose)
            return;
        if (whose is BoundEach each && !bound.Exists(b => b.Property == property) && tried?.Contains(property.Key) != true)
        {
            BoundReference[] soles = [.. each.Items.OfType<BoundReference>().Select(one => Sole(property, one))];
            references.AddRange(soles);
            bound.Add(new BoundProperty(property, each.Node, each with { Type = property.Type, Items = soles }));
        }

        if (whose is not BoundReference of)
            return;
        var at = bound.FindIndex(b => b.Property == property);
        if (at < 0 && tried?.Contains(property.Key) == true)
            return; // What is there is wrong, and has its own problem.
        if (at >= 0 && bound[at].Value is not BoundReference)
            return; // One of several, each named.
        var named = at < 0 ? null : (BoundReference)bound[at].Value;
        var tied = named is null ? Sole(property, of) : named with { Of = of };
        if (named is not null)
        {
            bound.RemoveAt(at);
            references.Remove(named);
        }

        bound.Add(new BoundProperty(property, tied.Node, tied));
        references.Add(tied);
    }

    private static BoundReference Sole(PropertyModel property, BoundReference of) => new(of.Scalar, property.Type.Document, "") { Of = of };
}
