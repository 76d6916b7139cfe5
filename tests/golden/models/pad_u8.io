YFðd%x¡›îŒ_)ú
g„/eIxxxxxxxxxxxxxxxxxxxxxxYxxFxxðxxd%xxxxxxxxx¡xx›îxxŒ_xxxxxx)úxx
gxx„/xxeIxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx