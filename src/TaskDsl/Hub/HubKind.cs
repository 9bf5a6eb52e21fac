namespace TaskDsl.Hub;

/// <summary>What a repository of a hub holds.</summary>
public enum HubKind
{
    /// <summary>A model.</summary>
    Model,

    /// <summary>A data set.</summary>
    Dataset,
}
