namespace TaskDsl.Generators.Flow;

/// <summary>What other documents see of one, besides its name: value-equal and without positions.</summary>
public abstract record DocumentShape
{
    /// <summary>Whose shape it is.</summary>
    public abstract DocumentName Document { get; }
}
