using System.Data.Common;

namespace Pacsbin.Projects;

/// <summary>A PostgreSQL database in which crosswalks are, each in a schema of its own, instead of in the folders of their projects, so that several machines can use them.</summary>
/// <param name="Connect">Opens a connection that nobody else uses; the caller disposes it. It throws DbException if the database does not answer.</param>
public sealed record CrosswalkServer(Func<DbConnection> Connect);
