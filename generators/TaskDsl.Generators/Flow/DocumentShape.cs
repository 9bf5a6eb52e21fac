using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>What other documents see of one, besides its name: value-equal and without positions.</summary>
public abstract record DocumentShape
{
    /// <summary>Whose shape it is.</summary>
    public abstract DocumentName Document { get; }

    /// <summary>The shape as other projects see it, whose own namespace is another.</summary>
    public virtual DocumentShape Of(ReferencedProject project) => this;

    /// <summary>What it names, where others see that. Default: nothing.</summary>
    public virtual EquatableArray<DocumentName> Names => default;
}
